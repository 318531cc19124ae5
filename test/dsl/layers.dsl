# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 4
a = input -> Linaer(3)               # expected-error {{E250: unknown layer 'Linaer'}} expected-help {{did you mean Linear?}}
b = input -> Dense(3)                # expected-error {{E250}} expected-help {{did you mean Linear?}}
d = input -> Linear                  # expected-error {{E251: Linear needs the argument 'out'}} expected-help {{usage: Linear(out, bias=true}}
e = input -> Linear(3, biass=false)  # expected-error {{E251: Linear has no argument 'biass'}} expected-help {{did you mean bias?}}
f = input -> Linear(3, out=3)        # expected-error {{E251: argument 'out' is given twice}}
g = input -> Linear(0)               # expected-error {{E203: 'out' of Linear takes a whole number of at least 1, found 0}}
h = input -> Linear(1.5)             # expected-error {{E203}}
i = input -> Linear(3 epochs)        # expected-error {{E204: 'out' of Linear takes no unit}}
j = input -> Dropout(1.5)            # expected-error {{E206: 'p' of Dropout takes a number from 0 to 1 (1 excluded), found 1.5}}
k = Linear(3)                        # expected-error {{E220: 'Linear' is a layer}} expected-help {{value -> Linear(3)}}
l = ReLU                             # expected-error {{E220}}
m = inptu -> ReLU                    # expected-error {{E221: there is no value 'inptu' here}} expected-help {{did you mean input?}}
n = 3 -> ReLU                        # expected-error {{E221: expected a value, found the number 3}}
o = input -> ReLU(3)                 # expected-error {{E251: ReLU takes no arguments}}
p = input -> Linear(bias=false, 3)   # expected-error {{E251: positional arguments come before named ones}}
q = input -> ReLU                    # expected-note {{the first one is here}}
q = input -> Tanh                    # expected-error {{E212: 'q' is already bound}}
tanh = input -> Tanh                 # expected-error {{E212: 'tanh' is the name of a layer}}
r = input -> q                       # expected-error {{E103: 'q' is a value, not a layer}}
s = input -> width * ReLU            # expected-error {{E201: 'width' is not a constant}}
t = input -> 1000000 * ReLU          # expected-error {{E208: a net has at most 100000 layers}}
u = input -> Linear(3, init=Uniform) # expected-error {{E251: Uniform needs the argument 'r'}}
v = input -> Linear(2000000000)      # expected-error {{E206: 'out' of Linear takes a whole number from 1 to 1000000000}}
w = input -> Linear(3, name=3)       # expected-error {{E205: 'name' of Linear takes a name}}
x.y = input                          # expected-error {{E217: the name of a value cannot contain dots}}
z = a, b                             # expected-error {{E207: a name is bound to one value, found 2}}
aa = z -> ReLU                       # no error of its own: z was reported
bb = m -> Linear(2)                  # no error of its own either
output = input -> Linear(3)

[train]
loss = CrossEntropy
