# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[train]
loss = CrossEntropy
learning_rat = 0.1                   # expected-error {{E260: unknown key 'learning_rat' in [train]}} expected-help {{did you mean lr?}}
batchsize = 32                       # expected-error {{E260}} expected-help {{did you mean batch_size?}}
train = Csv("x.csv")                 # the layer-list form has only [train], so the keys of [data] are taken here
quantum = 7                          # expected-error {{E260: unknown key 'quantum'}}
lr = -1                              # expected-error {{E206: lr takes a number of at least 0, found -1}}
momentum = 1                         # expected-error {{E206: momentum takes a number from 0 to 1 (1 excluded), found 1}}
epochs = 2.5                         # expected-error {{E203: epochs takes a whole number, found 2.5}}
batch_size = 64MB                    # expected-error {{E204: batch_size takes no unit, found 'MB'}} expected-help {{write 64}}
accumulate = 0                       # expected-error {{E203: accumulate takes a whole number of at least 1, found 0}}
optimizer = "Adam"                   # expected-error {{E205: optimizer takes a name, found the string "Adam"}}
max_time = 10                        # expected-error {{E204}} expected-help {{write 10s, 10m or 10h}}
log_every = 100                      # expected-error {{E204}} expected-help {{write 100 epochs, or 100 steps}}
val_every = 0 epochs                 # expected-error {{E203}}
seed = rundom                        # expected-error {{E205}}
dtype = f16                          # expected-error {{E209: dtype takes one of f32, f64, found the word f16}}
nesterov = maybe                     # expected-error {{E209: nesterov takes true or false}}
init = Hee                           # expected-error {{E209}} expected-help {{did you mean He?}}
metrics = Acuracy, F1                # expected-error {{E250: unknown metric 'Acuracy'}} expected-help {{did you mean Accuracy?}}
patience = 3, 4                      # expected-error {{E207: patience takes one value, found 2}}
keep = first                         # expected-error {{E209: keep takes one of best, last}}
class_weights = balance              # expected-error {{E205}} expected-help {{did you mean balanced?}}
checkpoint = net                     # expected-error {{E205: checkpoint takes a file name}} expected-help {{"net"}}
eps = 1e-8                           # expected-note {{the first one is here}}
eps = 1e-7                           # expected-error {{E261: key 'eps' is given twice}}
on_nan = 3                           # expected-error {{E209: on_nan takes one of stop, skip, found 3}}
average = 101%                       # expected-error {{E206: average takes a number from 0 to 1 (both excluded), found 101%}}
beta1 = 0.9 -> Cosine                # expected-error {{E222: an arrow is not allowed here}}
threads = 0                          # expected-error {{E203: threads takes a whole number from 1 to 4096, found 0}}
