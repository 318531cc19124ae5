# RUN: %dlc --emit-ir %s --verify-diagnostics

[model]
input  = 4
output = input -> Linear(8) -> BatchNorm -> ReLU -> Linear(3)  # expected-note {{BatchNorm is here}}

[train]
loss       = CrossEntropy
batch_size = 1                 # expected-warning {{W502: BatchNorm learns nothing from batches of one sample}}
