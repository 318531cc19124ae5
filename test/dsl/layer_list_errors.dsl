# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input_dim=1,28,28
input_dim=784            # expected-error {{E261: key 'input_dim' is given twice}}
layer="Linear",784,64    # expected-error {{E205: 'layer' takes the name of a layer and its arguments}}
activation=ReLU,3        # expected-error {{E205: 'activation' takes the name of a layer}}
output = input -> ReLU   # expected-error {{E210: 'output' cannot stand beside a layer list}} expected-note@-2 {{the layer list is here}}
