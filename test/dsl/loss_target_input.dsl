# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)
[data]
target = input
[train]
loss = MSE               # expected-error {{E270: as many outputs as inputs, 4}}
