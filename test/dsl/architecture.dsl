# The INI form's `architecture`: sizes, or layers in Sequential; the rest of its sections are [train] in other words.
# RUN: %dlc --emit-ir %s | FileCheck %s
# RUN: sed 's/^architecture.*/architecture = Sequential(Linear(2, 16), Tanh(), Linear(16, 16), Tanh, Linear(16, 1), Sigmoid)/;/_activation/d' %s > %t.ini
# RUN: %dlc --emit-ir %t.ini | FileCheck %s
# RUN: %dlc --emit-ir=graph %t.ini | FileCheck --check-prefix=PLACE %s
# RUN: %dlc show --config %s | FileCheck --check-prefix=CONFIG %s
[model]
architecture = 2, 16, 16, 1
hidden_activation = tanh
output_activation = sigmoid

# What no layer of its own says stands at all of them.
# PLACE: output({{.*}} // {{.*}}.ini:7:16

# CHECK: linear1.bias
# CHECK: tanh
# CHECK: linear2.bias
# CHECK: tanh
# CHECK: linear3.bias
# CHECK: sigmoid
# CHECK: bce

[loss]
type = bce
[initialization]
method = xavier
[regularization]
weight_decay = 1e-4
[performance]
threads = 2
[options]
seed = 7

# CONFIG: loss = bce
# CONFIG: weight_decay = 0.0001
# CONFIG: seed = 7
# CONFIG: threads = 2
# CONFIG: init = Xavier
