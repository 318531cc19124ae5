# Copies of a repeated layer or block are rows of their own, and nothing is counted twice.
# RUN: %dlc show %s | FileCheck %s

[block Two(n)]
output = input -> Linear(n, bias=false) -> ReLU -> Linear(n, bias=false)

[model]
input  = 10
output = input -> 3 * Linear(10) -> 2 * Two(10) -> Linear(2)

# CHECK: linear1 {{ *}}Linear {{ *}}10 {{ *}}110 {{ *}}100{{$}}
# CHECK: linear2 {{ *}}Linear {{ *}}10 {{ *}}110 {{ *}}100{{$}}
# CHECK: linear3 {{ *}}Linear {{ *}}10 {{ *}}110 {{ *}}100{{$}}
# CHECK: two1.linear1 {{ *}}Linear {{ *}}10 {{ *}}100 {{ *}}100{{$}}
# CHECK: two1.linear2
# CHECK: two2.linear1
# CHECK: two2.linear2
# CHECK: linear4 {{ *}}Linear {{ *}}2 {{ *}}22 {{ *}}20{{$}}
# CHECK: total {{ *}}752 {{ *}}720{{$}}
