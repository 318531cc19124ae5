# One of several inputs is called by its whole name, and who leaves half of it out is told so.
# RUN: %dlc --emit-ir %s --verify-diagnostics

[model]
input.image = 3x8x8
input.text  = Tokens(4, vocab=10)
a = input.image -> Flatten -> Linear(4)
b = input.text -> Embedding(4) -> Flatten -> Linear(4)
c = image -> Flatten                 # expected-error {{E221: there is no value 'image' here}} expected-help {{did you mean input.image?}}
d = text -> Embedding(4)             # expected-error {{E221: there is no value 'text' here}} expected-help {{did you mean input.text?}}
e = input -> Flatten                 # expected-error {{E221: there is no value 'input' here}} expected-help {{did you mean input.image?}}
output = a + b

[train]
loss = CrossEntropy
