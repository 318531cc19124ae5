# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 3x8x8                        # expected-note {{3x8x8}}
a = input -> Flatten -> Linear(5)    # expected-note {{192}} expected-note {{5}}
b = input -> Linear(10)              # expected-error {{E231: Linear needs a vector, but its input is an image 3x8x8}} expected-help {{put -> Flatten}}
c = a + input                        # expected-error {{E230: cannot apply '+' to shapes 5 and 3x8x8}} expected-note {{5}} expected-note {{3x8x8}}
d = a + 1 - 2 * a / 3 + -a
e = a @ a                            # expected-error {{E230: cannot apply '@' to shapes 5 and 5}} expected-note {{5}} expected-note {{5}}
j = a @ 2                            # expected-error {{E230: '@' multiplies matrices; use '*' for numbers}}
i = a // 2                           # expected-error {{E230: '//' divides whole numbers; use '/' for values}}
f = a / 0 * 1 + "x"                  # expected-error {{E221: expected a value}}
g = 1 / 0 + a                        # expected-error {{E202: division by zero}}
output = d -> Linear(3)

[train]
loss = CrossEntropy
