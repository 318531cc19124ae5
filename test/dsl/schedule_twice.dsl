# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
output = input -> Linear(3)

[train]
loss = CrossEntropy
lr = 0.1 -> Warmup(1 epoch) -> Cosine -> Decay(0.9)  # expected-error {{E262: two full schedules}} expected-note {{the other one is here}}
epochs = 10                          # expected-note {{the other one is here}}
steps = 100                          # expected-error {{E262: epochs and steps exclude each other}}
