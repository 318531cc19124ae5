# Keys in a section that does not have them: the help names the one of this section that was meant, or the section.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 784
output = input -> Linear(10)
lr = 0.1                       # expected-error {{E221: a value is needed here, found the number 0.1}} expected-help {{lr belongs into [train]}}
optimizer = Adam               # expected-error {{E221: there is no value 'Adam' here}} expected-help {{optimizer belongs into [train]}}
loss = CrossEntropy            # expected-error {{E221}} expected-help {{loss belongs into [train]}}
train = Csv("x.csv")           # expected-error {{E250: unknown layer 'Csv'}} expected-help {{train belongs into [data]}}
test = "x.csv"                 # expected-error {{E221}} expected-help {{test belongs into [data]}}
num_epochs = 5                 # expected-error {{E221}} expected-help {{epochs belongs into [train]}}
batch = 64                     # expected-error {{E221}} expected-help {{batch_size belongs into [train]}}
isa = avx2                     # expected-error {{E221}} expected-help {{isa belongs into [deploy]}}
width = 5                      # expected-error {{E221: a value is needed here, found the number 5}} expected-help {{constants stand above the first section}}
keep = inpt                    # expected-error {{E221: there is no value 'inpt' here}} expected-help {{did you mean input?}}

[optimizer]
name = sgd                     # expected-error {{E260: unknown key 'name' in [optimizer]}} expected-help {{did you mean type?}}
seed = 3                       # expected-error {{E260}} expected-help {{seed belongs into [train]}}

[train]
batch = 64                     # expected-error {{E260: unknown key 'batch' in [train]}} expected-help {{did you mean batch_size?}}
clip = 1                       # expected-error {{E260}} expected-help {{did you mean clip_norm?}}
input = 784                    # expected-error {{E260: unknown key 'input' in [train]}} expected-help {{input belongs into [model]}}
output.mask = input -> ReLU    # expected-error {{E260}} expected-help {{output.mask belongs into [model]}}
layer = 3                      # expected-error {{E260}} expected-help {{layer belongs into [model]}}
format = c                     # expected-error {{E260}} expected-help {{format belongs into [deploy]}}
optimizer.momentum = 0.9       # expected-error {{E260}} expected-help {{did you mean momentum?}}

[deploy]
lr = 0.1                       # expected-error {{E260}} expected-help {{lr belongs into [train]}}
