" Files of dlc's language.
autocmd BufNewFile,BufRead *.dsl setfiletype dlc
