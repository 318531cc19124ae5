# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
h = input -> Linear(3)   # expected-error {{E213: the model has no 'input = SHAPE'}} expected-error {{E213: [model] has no 'output = ...'}}
