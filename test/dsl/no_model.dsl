# RUN: %dlc --emit-ir %s --verify-diagnostics
# expected-error@1 {{E213: there is no [model]}} expected-help@1 {{write [model] above the lines input = ... and output = ...}}
[train]
loss = MSE
