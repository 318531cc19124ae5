# RUN: %dlc --emit-ir %s --verify-diagnostics
[model]
input = "784"            # expected-error {{E205: input takes a shape such as 3x32x32, found the string "784"}}
output = input -> Linear(3)
