# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]                  # expected-error {{E213: the model has no output_size}}
input_size = 784
hidden_size = 64
hidden_size = 32         # expected-error {{E261: key 'hidden_size' is given twice}}
num_layers = 0           # expected-error {{E203: num_layers takes a whole number from 1 to 1000, found 0}}
dropout_rate = 1         # expected-error {{E206}}
output = input           # expected-error {{E210: 'output' is not allowed with input_size}}
