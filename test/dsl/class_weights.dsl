# class_weights and Mixup weigh the loss of classes; where there are none, nothing is left unsaid.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[train]
loss          = MSE
class_weights = balanced             # expected-error {{E262: class_weights needs a loss over classes}} expected-help {{write loss = CrossEntropy}}
