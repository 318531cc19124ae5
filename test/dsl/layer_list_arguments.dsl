# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input_dim=784
layer=Linear,784,64,bias=false,init=Uniform(0.1)
layer=Dropout,1.5        # expected-error {{E206: 'p' of Dropout takes a number from 0 to 1}}
