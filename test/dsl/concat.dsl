# Layers of several values: as a value of their own, and behind an arrow, whose value then comes first.
# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = 4x8x8
a = input -> Conv2d(2, 1)
b = input -> Conv2d(3, 1)
c = Concat(a, b, input, axis=0) -> Conv2d(9, 1)      # 2 + 3 + 4 channels
d = b -> Concat(a)
e = c + Concat(b, (input -> Conv2d(6, 1)))
f = d + Concat(b, a)
g = Concat(a, a, axis=-1) -> GlobalAvgPool
h = Concat((input -> GlobalAvgPool), (b -> GlobalAvgPool))
i = Concat(a)                        # expected-error {{E251: Concat takes at least two values, found 1}}
j = a -> Concat                      # expected-error {{E251: Concat takes at least two values, found 1}}
k = Concat(a, h)                     # expected-error {{E230: cannot apply Concat to shapes 2x8x8 and 7 along axis 0}}
l = Concat(a, b, axis=1)             # expected-error {{E230: cannot apply Concat to shapes 2x8x8 and 3x8x8 along axis 1}}
m = Concat(a, b, axis=3)             # expected-error {{E206: Concat along axis 3 of a value with 3 axes}}
n = Concat(a, 3)                     # expected-error {{E221: expected a value, found the number 3}}
o = Concat(axis=0, a, b)             # expected-error {{E251: positional arguments come before named ones}} expected-error {{E251: positional arguments}}
p = Concat(a, axle=1)                # expected-error {{E251: Concat has no argument 'axle'}}
q = Concat(a, nothing)               # expected-error {{E221: there is no value 'nothing' here}}
r = input -> 2 * Concat(input) -> GlobalAvgPool
output = Concat((e + c -> GlobalAvgPool), (f -> GlobalAvgPool), g, h, (d -> GlobalAvgPool), r) -> Linear(2)
