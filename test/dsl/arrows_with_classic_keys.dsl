# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 784
num_layers = 3           # expected-error {{E210: 'num_layers' belongs to another form}}
output = input -> Linear(10)
