# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 100000x100000x10 # expected-error {{E208: one sample has 100000000000 values}}
output = input -> Flatten -> Linear(3)
