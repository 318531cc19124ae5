# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 1x4x4
output = input -> ReLU
[train]
loss = CrossEntropy      # expected-error {{E270: CrossEntropy needs one number per class, but the output is 1x4x4}}
