# RUN: %dlc --emit-ir %s --verify-diagnostics
# A line that cannot be read causes no second error, and hides no other one.

width = 3 3                          # expected-error {{E102}}

[model]
input = 4
h = input -> Linear(width -> ReLU    # expected-error {{E104}}
k = h -> Linear(2)
m = input -> Linaer(3)               # expected-error {{E250: unknown layer 'Linaer'}}
output = k ->                        # expected-error {{E103}}

[train]
lr =                                 # expected-error {{E105}}
epochs = 0                           # expected-error {{E203}}
loss = CrossEntropy
