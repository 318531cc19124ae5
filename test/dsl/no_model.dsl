# RUN: %dlc --emit-ir %s --verify-diagnostics
# expected-error@1 {{E213: there is no [model]}}
[train]
loss = MSE
