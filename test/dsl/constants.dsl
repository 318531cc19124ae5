# RUN: %dlc --emit-ir %s --verify-diagnostics
width = 16                           # expected-note {{the first one is here}}
width = 32                           # expected-error {{E212: 'width' is already bound}}
late  = depth + 1                    # expected-error {{E201: 'depth' is defined further below}}
depth = 3
half  = width / 0                    # expected-error {{E202: division by zero}}
bad   = wdith * 2                    # expected-error {{E201: 'wdith' is not a constant}} expected-help {{did you mean width?}}
list  = 1, 2                         # expected-error {{E207: a constant takes one value}}
path  = "${nothing}/x"               # expected-error {{E201: 'nothing' in the string is not a constant}}
unit  = 5 epochs + 1                 # expected-error {{E204: arithmetic does not accept the unit 'epochs'}}
both  = late + half                  # no error of its own: late and half were reported
word  = "a" + 1                      # expected-error {{E201: arithmetic needs numbers}}
ReLU  = 3                            # expected-error {{E212: 'ReLU' is the name of a layer}}
true  = 1                            # expected-error {{E212: 'true' is the name of a truth value}}
Adam  = 1                            # expected-error {{E212: 'Adam' is the name of an optimizer}}
noise = 10%                          # expected-error {{E212: 'noise' is the name of an augmentation}}
flow  = 1 -> Cosine                  # expected-error {{E222: an arrow is not allowed here}}
large = 1e300 * 1e300                # expected-error {{E202: the result is too large}}
mat   = 2 @ 3                        # expected-error {{E201: '@' multiplies matrices}}

[model]
input  = width
output = input -> Linear(width / 5)   # expected-error {{E203: 'out' of Linear takes a whole number, found 3.2}}

[train]
loss = MSE
