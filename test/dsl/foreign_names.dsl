# What other tools call layers, arguments, keys and words; the table itself is held against ours by a unit test.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 3x32x32
a = input -> LReLU(0.2)                    # expected-error {{E250: unknown layer 'LReLU'}} expected-help {{did you mean LeakyReLU?}}
b = input -> F.relu                        # expected-error {{E250: unknown layer 'F.relu'}} expected-help {{did you mean ReLU?}}
c = input -> keras.layers.Dens(3)          # expected-error {{E250}} expected-help {{did you mean Linear?}}
d = input -> Conv3D(3, 3)                  # expected-error {{E250: unknown layer 'Conv3D'}} expected-help {{`dlc ops` lists the layers}}
e = cat(input, input)                      # expected-error {{E250: unknown layer 'cat'}} expected-help {{did you mean Concat?}}
f = Add(input, input)                      # expected-error {{E250: unknown layer 'Add'}} expected-help {{write a + b}}
g = input -> Conv2d(out_channels=3, kernel=3) # expected-error {{E251: Conv2d has no argument 'out_channels'}} expected-help {{usage: Conv2d(out, kernel}} expected-help {{did you mean out?}}
h = input -> Dropout(rate=0.1)             # expected-error {{E251}} expected-help {{did you mean p?}}
i = input -> Linear(3, init=xavier_uniform) # expected-error {{E209}} expected-help {{did you mean Xavier?}}
output = input -> Flatten -> Linear(10)

[data]
augment = RandomCrop(32x32)                # expected-error {{E250: unknown augmentation 'RandomCrop'}} expected-help {{did you mean Crop?}}

[train]
loss = nn.BCEWithLogits                    # expected-error {{E250: unknown loss 'nn.BCEWithLogits'}} expected-help {{did you mean BCE?}}
criterion = MSE                            # expected-error {{E260: unknown key 'criterion' in [train]}} expected-help {{did you mean loss?}}
validation_split = 0.1                     # expected-error {{E260}} expected-help {{did you mean val?}}
learning_rate_init = 0.1                   # expected-error {{E260}} expected-help {{did you mean lr?}}
dtype = float32                            # expected-error {{E209: dtype takes one of f32, f64}} expected-help {{did you mean f32?}}
metrics = acc                              # expected-error {{E250: unknown metric 'acc'}} expected-help {{did you mean Accuracy?}}
