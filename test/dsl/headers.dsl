# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]                              # expected-note {{the first one is here}}
input = 4
output = input -> Linear(3)

[trian]                              # expected-error {{E111: unknown section [trian]}} expected-help {{did you mean [train]?}}
epochs = 3

[convolutional]                      # expected-error {{E111}} expected-help {{layers are steps of [model]}}
filters = 16

[train fast]                         # expected-error {{E114: neither a name nor parameters}}
loss = CrossEntropy

[block]                              # expected-error {{E114: a block needs a name}}
output = input

[model]                              # expected-error {{E113: section [model] is given twice}}

[data                                # expected-error {{E110: expected ']'}}
[block B(a,)]                        # expected-error {{E110: expected a parameter name}}
[logging]
colour = blue                        # expected-error {{E260: unknown key 'colour' in [logging]}}
[]                                   # expected-error {{E110: expected the name of a section}}
