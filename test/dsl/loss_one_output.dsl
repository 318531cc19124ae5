# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(1)  # expected-note {{the output is here: 1}}
[train]
loss = CrossEntropy      # expected-error {{E270: CrossEntropy needs one output per class, but there is one output}} expected-help {{write loss = BCE}}
