# RUN: %dlc --emit-ir %s --verify-diagnostics
# An error does not hide others but those that it causes: behind it, steps are read without their shapes.
[model]
input  = 8
a      = input -> Linaer(1) -> Linear(2, biass=true) -> Linear("a") -> Dropuot(0.5) # expected-error {{E250: unknown layer 'Linaer'}} expected-error {{E251: Linear has no argument 'biass'}} expected-error {{E205: 'out' of Linear takes a whole number}} expected-error {{E250: unknown layer 'Dropuot'}}
b      = inptu -> Dense(3)          # expected-error {{E221: there is no value 'inptu' here}} expected-error {{E250: unknown layer 'Dense'}}
c      = a + nothing + b + (a -> Cov2d(3)) # expected-error {{E221: there is no value 'nothing' here}} expected-error {{E250: unknown layer 'Cov2d'}}
d      = a -> 0.5 * Tnah            # expected-error {{E203: the count of a step takes a whole number, found 0.5}} expected-error {{E250: unknown layer 'Tnah'}}
e      = a -> Concat(nowhere)       # expected-error {{E221: there is no value 'nowhere' here}}
k      = 4                          # expected-error {{E221: expected a value, found the number 4}}
f      = input -> Linear(k)
output = a -> Wide(1, 2) -> Wide(n=Tanh) # expected-error {{E240: block 'Wide' takes 1 arguments, found more}} expected-note {{block 'Wide' is used here}}

[block Wide(n)]
x      = input -> Linear(n) -> ReLUU # expected-error {{E205: 'out' of Linear takes a whole number from 1 to 1000000000, found the word Tanh}} expected-error {{E250: unknown layer 'ReLUU'}}
output = x -> Foo                   # expected-error {{E250: unknown layer 'Foo'}}

[block Unused(m, act=ReLU)]
y      = input -> Linear(m) -> act -> Linera(m) # expected-error {{E250: unknown layer 'Linera'}}
y      = input                      # expected-error {{E212: 'y' is already bound}}
x.y    = 3                          # expected-error {{E217: the name of a value cannot contain dots}} expected-error@-3 {{E213: the block has no 'output = ...'}}

[train]
loss      = CrosEntropy             # expected-error {{E250: unknown loss 'CrosEntropy'}} expected-help {{did you mean CrossEntropy?}}
optimizer = Adma                    # expected-error {{E250: unknown optimizer 'Adma'}}
