# Keys in a section that does not have them: the help names the one of this section that was meant, or the section.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 784
output = input -> Linear(10)
lr = 0.1                       # expected-error {{E221: expected a value, found the number 0.1}} expected-help {{lr belongs in [train]}}
optimizer = Adam               # expected-error {{E221: there is no value 'Adam' here}} expected-help {{optimizer belongs in [train]}}
loss = CrossEntropy            # expected-error {{E221}} expected-help {{loss belongs in [train]}}
train = Csv("x.csv")           # expected-error {{E250: unknown layer 'Csv'}} expected-help {{train belongs in [data]}}
test = "x.csv"                 # expected-error {{E221}} expected-help {{test belongs in [data]}}
num_epochs = 5                 # expected-error {{E221}} expected-help {{epochs belongs in [train]}}
batch = 64                     # expected-error {{E221}} expected-help {{batch_size belongs in [train]}}
isa = avx2                     # expected-error {{E221}} expected-help {{isa belongs in [deploy]}}
width = 5                      # expected-error {{E221: expected a value, found the number 5}} expected-help {{define constants above the first section}}
keep = inpt                    # expected-error {{E221: there is no value 'inpt' here}} expected-help {{did you mean input?}}

[optimizer]
name = sgd                     # expected-error {{E260: unknown key 'name' in [optimizer]}} expected-help {{did you mean type?}}
seed = 3                       # expected-error {{E260}} expected-help {{seed belongs in [train]}}

[train]
batch = 64                     # expected-error {{E260: unknown key 'batch' in [train]}} expected-help {{did you mean batch_size?}}
clip = 1                       # expected-error {{E260}} expected-help {{did you mean clip_norm?}}
input = 784                    # expected-error {{E260: unknown key 'input' in [train]}} expected-help {{input belongs in [model]}}
output.mask = input -> ReLU    # expected-error {{E260}} expected-help {{output.mask belongs in [model]}}
layer = 3                      # expected-error {{E260}} expected-help {{layer belongs in [model]}}
format = c                     # expected-error {{E260}} expected-help {{format belongs in [deploy]}}
optimizer.momentum = 0.9       # expected-error {{E260}} expected-help {{did you mean momentum?}}

[deploy]
lr = 0.1                       # expected-error {{E260}} expected-help {{lr belongs in [train]}}
