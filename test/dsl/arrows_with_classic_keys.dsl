# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 784
num_layers = 3           # expected-error {{E210: 'num_layers' belongs to another way}}
architecture = 2, 16, 1  # expected-error {{E501: 'architecture' is not supported}}
output = input -> Linear(10)
