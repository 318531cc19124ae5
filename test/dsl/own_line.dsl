# A value cannot be used in the line that makes it, wherever that line stands.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input  = 4
h      = h -> Linear(4)              # expected-error {{E221: 'h' is used in its own definition}}
own    = input -> Own -> Linear(3)
output = output -> Linear(3)         # expected-error {{E221: 'output' is used in its own definition}}

[block Own]
g      = input + g                   # expected-error {{E221: 'g' is used in its own definition}}
output = g

