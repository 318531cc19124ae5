" Editing dlc's language: comments, indentation by two, `dlc check` behind :make and `dlc fmt` behind gq.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s expandtab shiftwidth=2
setlocal makeprg=dlc\ check\ %:S errorformat=%f:%l:%c:\ %trror[%*[^]]]:\ %m,%f:%l:%c:\ %tarning[%*[^]]]:\ %m,%-G%.%#
setlocal formatprg=dlc\ fmt\ -
let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< makeprg< errorformat< formatprg<'
