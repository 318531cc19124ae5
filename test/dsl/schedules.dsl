# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[train]
loss = CrossEntropy
lr = 0.1 -> Decai(0.97)              # expected-error {{E250: unknown schedule step 'Decai'}} expected-help {{did you mean Decay?}}
