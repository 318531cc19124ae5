# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
layer=Linear,784,64      # expected-error {{E213: a layer list must begin with input_dim}}
input_dim=784
