# RUN: %dlc --emit-ir %s --verify-diagnostics
# Habits of other languages and slips of the keyboard: each costs one message, and its help is what to write.
a = data/train-1.csv                 # expected-error {{E102}} expected-help {{paths are quoted: "data/train-1.csv"}}
a2 = data/train-x.csv               # expected-error {{E201: 'data/train-x.csv' is not made of constants}} expected-help {{paths are quoted: "data/train-x.csv"}}
b = ../data/train.csv                # expected-error {{E105}} expected-help {{paths are quoted: "../data/train.csv"}}
c = “x.csv”                          # expected-error {{E101}} expected-help {{double quotes}}
d = 3 – 2                            # expected-error {{E101}} expected-help {{a minus is written -}}
e = "\"a\" ${foo}"                   # expected-error {{E201: 'foo' in the string is not a constant}}
f = f + 1                            # expected-error {{E201: 'f' is used in its own definition}}
g = h + 1                            # expected-error {{E201: 'h' is defined further below}} expected-help {{move its line up}}
h = 8
k = 17 // h

[model]
input  = 3 x 32 x 32                 # expected-error {{E102}} expected-help {{shapes are written 3x32x32}}
l = input –> ReLU                    # expected-error {{E101}} expected-help {{an arrow is written ->}}
m = input −> ReLU                    # expected-error {{E101}} expected-help {{an arrow is written ->}}
n = input -> ReLU + input            # expected-error {{E102}} expected-help {{put the arrow in parentheses: (input -> ReLU) + ...}}
o = (input -> ReLU - input) -> ReLU  # expected-error {{E104}} expected-help {{put the arrow in parentheses: (input -> ReLU) - ...}}
p = input -> Conv2d(8, (3, 3))       # expected-error {{E104}} expected-help {{sizes are written 3x3}}
q = input -> ReLU // the skip        # expected-error {{E102}} expected-help {{comments begin with #}}
// a line of its own                 # expected-error {{E102}} expected-help {{comments begin with #}}
/* another */                        # expected-error {{E102}} expected-help {{comments begin with #}}
r = t -> ReLU                        # expected-error {{E221: there is no value 't' here}} expected-help {{move its line up}}
t = input -> ReLU                    # expected-note {{it is bound here}}
output = input -> Flatten -> Linear(3)

[block Skip]
x = y + input                        # expected-error {{E221: there is no value 'y' here}}
y = input -> ReLU                    # expected-note {{it is bound here}}
output = x + y

[train]
epochs = 10 // all of the data       # expected-error {{E102}} expected-help {{comments begin with #}}
seed = 3 // luck                     # expected-error {{E201: 'luck' is not a constant}} expected-help {{comments begin with #}}
lr = 0.1 /* rate */                  # expected-error {{E105}} expected-help {{comments begin with #}}
patience = 3 // h tries              # expected-error {{E102}}
metrics = Accuracy, F1 -> TopK(5)    # expected-error {{E102: an arrow cannot follow a list of values}}
max_time = 3 xyz                     # expected-error {{E102}} expected-help {{units are}}
