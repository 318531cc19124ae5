# Of numbers other things are measured than of classes, and nothing on validation samples where there are none.
# RUN: %dlc check %s --verify-diagnostics
# RUN: %dlc check %s --werror --set train.keep=best --set train.monitor=train_rmse --set train.metrics=RMSE
# RUN: %dlc check %s --werror --set train.monitor=val_mae --set train.metrics=MAE --set data.val=50%%
# RUN: not %dlc check %s --set train.monitor=train_accuracy --set train.metrics=RMSE 2>&1 | FileCheck %s
# RUN: not %dlc train %s --set train.monitor=train_accuracy --set train.metrics=RMSE -o %t.model 2>&1 | FileCheck %s
# RUN: not %dlc check %s --set train.monitor=test_loss --set train.metrics=MAE 2>&1 | FileCheck %s --check-prefix=TEST
# TEST: error[E264]: monitor = test_loss, but test samples are scored only when training has ended
# TEST: help: write val = 10% under [data]
# RUN: %dlc train %s --overfit=2 --set data.val=25%% --dry-run -o %t.model
# CHECK: error[E264]: monitor = train_accuracy, but no such score is measured
# CHECK: help: there are train_loss, train_rmse; metrics = ... adds more
[model]
input  = 1
output = input -> Linear(1)

[data]
train = Inline([[0], [1], [2], [3]], [0.5, 1.5, 2.5, 3.5])

[train]
loss    = MSE
metrics = Accuracy, MAE # expected-warning {{W504: Accuracy measures classes, but this net predicts numbers}}
monitor = val_loss      # expected-error {{E264: monitor = val_loss, but there are no validation samples}} expected-help {{write val = 10% under [data], or monitor = train_loss}}
