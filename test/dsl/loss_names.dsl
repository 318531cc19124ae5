# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)
[train]
loss = CrossEntrpy       # expected-error {{E250: unknown loss 'CrossEntrpy'}} expected-help {{did you mean CrossEntropy?}}
optimizer = Adan         # expected-error {{E250: unknown optimizer 'Adan'}} expected-help {{did you mean Adam?}}
