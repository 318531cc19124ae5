# RUN: %dlc --emit-ir %s --verify-diagnostics
wide = 4                              # expected-note {{it is given here}}
[block Hidden(width, act=ReLU)]
output = input -> Linear(width) -> act # expected-note {{a layer is expected here}}

[block Self]                          # expected-note {{the block is here}}
output = input -> Self                # expected-error {{E243: block 'Self' uses itself}}

[block Hidden(x)]                     # expected-error {{E212: block 'Hidden' is already defined}}
output = input
[block Tanh]                          # expected-error {{E212: 'Tanh' is the name of a layer}}
output = input
[block Twice(a, a)]                   # expected-error {{E212: parameter 'a' is given twice}}
output = input
[block Width(wide)]                   # expected-error {{E212: 'wide' is the name of a constant}}
output = input -> Linear(wide)
[block Inner(Hidden)]                 # expected-error {{E212: 'Hidden' is the name of a block}}
output = input
[block Unfinished]                    # expected-error {{E213: the block has no 'output = ...'}}
h = input -> ReLU
[block Takes]
input = 3                             # expected-error {{E212: a block cannot bind 'input': it is the value that the arrow brings}}
output = input

[model]
input = 4
a = input -> Hidden(8, Tanh, 3)       # expected-error {{E240: block 'Hidden' takes 2 arguments}}
b = input -> Hidden                   # expected-error {{E241: block 'Hidden' needs the argument 'width'}}
c = input -> Hidden(widht=8)          # expected-error {{E242: block 'Hidden' has no parameter 'widht'}} expected-help {{did you mean width?}}
d = input -> Self
e = input -> Hidden(8, width=3)       # expected-error {{E251: parameter 'width' is given twice}}
f = Hidden(8)                         # expected-error {{E220: 'Hidden' is a layer}}
g = input -> Hiden(8)                 # expected-error {{E250: unknown layer 'Hiden'}} expected-help {{did you mean Hidden?}}
h = input -> Unfinished
i = input -> Takes
j = input -> Hidden(8, act=3)         # expected-error {{E205: 'act' is 3, not a layer}}
k = input -> Hidden(8, act=Dense)     # expected-error {{E250: unknown layer 'Dense'}} expected-help {{did you mean Linear?}}
output = input -> 2 * Hidden(8, act=Tanh) -> Linear(3)

[train]
loss = CrossEntropy
