# Blocks for the tests of include; `depth` is defined beside them.
depth = width / 8
[block Hidden(n, act=ReLU)]
output = input -> Linear(n) -> act
[block Spare]
output = input -> ReLU
