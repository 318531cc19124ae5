# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(10) -> Sigmoid
[train]
loss = BCE               # expected-error {{E270: BCE takes one output, but there are 10}} expected-help {{write loss = CrossEntropy}}
