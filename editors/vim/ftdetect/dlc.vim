" Files of dlc's language.
autocmd BufNewFile,BufRead *.dsl set filetype=dlc
