# What a run measures is known before it begins: weights for each class, metrics that say something of such outputs, and
# a monitor that is one of them.
# RUN: %dlc check %s --verify-diagnostics
# The same before the first step of training, which then does not begin.
# RUN: rm -rf %t && mkdir %t
# RUN: cd %t && not %dlc train %s -o no.model 2>&1 | FileCheck %s
# RUN: not ls %t/no.model
# CHECK-DAG: error[E264]: monitor = val_f1, but no such score is measured
# CHECK-DAG: error[E263]: class_weights has 2 numbers, for 3 classes
# CHECK-DAG: warning[W504]: RMSE measures numbers
# CHECK-DAG: warning[W504]: the right class is always among the 5 most probable of 3
# CHECK-NOT: Epoch
[model]
input  = 2
output = input -> Linear(3)

[data]
train = Inline([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 2])
val   = 50%

[train]
loss          = CrossEntropy
metrics       = Accuracy, RMSE, TopK(5) # expected-warning {{RMSE measures numbers, but this net predicts classes}} expected-warning {{the right class is always among the 5 most probable of 3}}
class_weights = 1, 2                  # expected-error {{E263: class_weights has 2 numbers, for 3 classes}}
monitor       = val_f1                # expected-error {{E264: monitor = val_f1, but no such score is measured}} expected-help {{there are val_loss, val_accuracy, val_top5; metrics = ... adds more}}
