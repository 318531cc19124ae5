# RUN: %dlc --emit-ir %s --verify-diagnostics
folder = "data"                       # read in a string below
half   = 0.1
width  = 8                            # expected-warning {{W501: the constant 'width' is never used}}

[block Spare]                         # expected-warning {{W501: block 'Spare' is never used}}
output = input -> ReLU

[model]
input  = 4
unused = input -> Linear(8)           # expected-warning {{W501: 'unused' is never used}}
output = input -> Linear(3) -> Dropout(half) # expected-warning {{W503: Dropout is the last layer}}

[train]                               # expected-warning {{W506: no loss is given: CrossEntropy is used for several outputs}}
optimizer = Adam
checkpoint = "${folder}/net.ckpt"
momentum  = 0.9                       # expected-warning {{W504: Adam has no momentum, so it has no effect}}
