# A layer written as a function of its value: the help is the arrow that may stand there instead.
# RUN: %dlc --emit-ir %s --verify-diagnostics
width = 16
[model]
input = 4
a = Linear(input, 10)                           # expected-error {{E220: 'Linear' is a layer}} expected-help {{write input -> Linear(10)}}
b = ReLU(a)                                     # expected-error {{E220}} expected-help {{write a -> ReLU}}
c = Linear(ReLU(Linear(input, 64, bias=false)), 10) # expected-error {{E220}} expected-help {{write input -> Linear(64, bias=false) -> ReLU -> Linear(10)}}
d = Tanh(input + 2 * input)                     # expected-error {{E220}} expected-help {{write input + 2 * input -> Tanh}}
e = Wide(input, 3)                              # expected-error {{E220: 'Wide' is a layer}} expected-help {{write input -> Wide(3)}}
f = Linear(Concat(input, input), 10) -> ReLU    # expected-error {{E220}} expected-help {{write Concat(input, input) -> Linear(10)}}
g = Linear(width * 2)                           # expected-error {{E220}} expected-help {{write value -> Linear(width * 2)}}
h = Linear(out=10)                              # expected-error {{E220}} expected-help {{write value -> Linear(out=10)}}
i = Linear(Nothing(input), 3)                   # expected-error {{E220}} expected-help {{write value -> Linear(Nothing(input), 3)}}
output = input -> Linear(10)

[block Wide(n)]
output = Linear(input, n)                       # expected-error {{E220}} expected-help {{write input -> Linear(n)}}

[train]
loss = CrossEntropy
