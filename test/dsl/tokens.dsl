# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = Tokens(16, vocab=27)
a = input -> Linear(3)               # expected-error {{E237: Linear takes numbers, but its input is tokens}} expected-help {{put -> Embedding(32) before it}}
b = input + 1                        # expected-error {{E237: arithmetic takes numbers, but its input is tokens}}
c = -input                           # expected-error {{E237}}
d = Concat(input, input)             # expected-error {{E237: Concat takes numbers}}
e = input -> Embedding(8) -> Embedding(8)  # expected-error {{E237: Embedding takes tokens, but its input is numbers}}
f = input -> Same -> Embedding(8)    # a block hands tokens on
output = f -> Flatten -> Linear(4)

[block Same]
output = input

[train]
loss = CrossEntropy
