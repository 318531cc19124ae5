# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)
[train]
loss = MSE(scale=2)      # expected-error {{E251: MSE has no argument 'scale'}}
