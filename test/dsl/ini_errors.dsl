# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input_size = 784
hidden_size = 0.5        # expected-error {{E203: hidden_size takes a whole number, found 0.5}}
output_size = 10
activation = relu

[training]
learning_rate = 0.1
learning_rate = 0.2      # expected-error {{E261: key 'learning_rate' is given twice}}
lr_step_size = 10        # expected-error {{E262: lr_step_size and lr_gamma must be given together}}

[optimizer]
type = adm               # expected-error {{E250: unknown optimizer 'adm'}} expected-help {{did you mean Adam?}}
beta3 = 0.9              # expected-error {{E260: unknown key 'beta3' in [optimizer]}} expected-help {{did you mean beta1?}}
epsilon = 0              # expected-error {{E206: eps takes a number above 0, found 0}}

[data]
train_file = a b.csv
train_file = c.csv       # expected-error {{E261: key 'train_file' is given twice}}
test_label_file = d.csv  # expected-error {{E262: test_label_file needs test_file}}
val_split = 100          # expected-error {{E206: val_split takes a number from 0 to 100 (100 excluded), found 100}}
normalize = perhaps      # expected-error {{E209: normalize takes true or false}}
