# Warnings that count as errors are all found in one run, as they are without the flag.
# RUN: not %dlc check --werror %s 2>&1 | FileCheck %s
# CHECK: error[W501]: 'unused' is never used
# CHECK: error[W503]: Dropout is the last layer
# CHECK: error[W506]: no loss is given
# CHECK: error[W504]: Adam has no momentum
width  = 3
[model]
input  = 4
unused = input -> Linear(width)
output = input -> Linear(3) -> Dropout(0.5)

[train]
optimizer = Adam
momentum  = 0.9
