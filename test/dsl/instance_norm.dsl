# RUN: %dlc --emit-ir %s --verify-diagnostics
# InstanceNorm is for images, and its eps is above 0.
[model]
input = 2x6x6
a = input -> Flatten -> InstanceNorm          # expected-error {{E233: InstanceNorm needs an image}}
b = input -> InstanceNorm(eps=0)              # expected-error {{E206}}
output = input -> InstanceNorm(eps=0.1) -> Flatten -> Linear(2)
