# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input_dim=1,28,28
input_dim=784            # expected-error {{E261: key 'input_dim' is given twice}}
layer="Linear",784,64    # expected-error {{E205: 'layer' takes the name of a layer and its arguments}}
activation=ReLU,3        # expected-error {{E205: 'activation' takes the name of a layer}}
activaton=ReLU           # expected-error {{E260: unknown key 'activaton' in [model]}} expected-help {{did you mean activation?}}
layers=Linear,784,64     # expected-error {{E260: unknown key 'layers' in [model]}} expected-help {{did you mean layer?}}
output = input -> ReLU   # expected-error {{E210: 'output' is not allowed with a layer list}} expected-note@-4 {{the layer list is here}}
