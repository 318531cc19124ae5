# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)
[train]
loss = 3                 # expected-error {{E205: loss takes a name, found 3}}
