width = 16
include = "more/blocks.dsl"
[model]
input = 2
output = input -> Nonsense
