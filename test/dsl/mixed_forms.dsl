# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input_dim = 784          # expected-note {{the layer list is here}}
hidden_size = 64         # expected-error {{E210: 'hidden_size' describes the model by sizes, but there is a layer list}}
