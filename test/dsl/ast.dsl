# RUN: %dlc --emit-ir=ast %s | FileCheck %s
# RUN: %dlc --emit-ir=ast --line=11 %s | FileCheck %s --check-prefix=LINE
# Every kind of node, with its place.

width = -2 * -8               # a comment
[block B(n, act=ReLU)]
output = input -> Linear(n) -> act
[model]
input  = 1x28x28
output = input
  -> 3 * B(width, act=Tanh)
  -> Flatten -> Linear(10)
[data]
train = Csv("a.csv", label=last)
val   = test[9000:]
[train]
lr      = 0.5e-3 -> Warmup(1 epoch)
metrics = Accuracy, F1

# CHECK:      width =  // {{.*}}ast.dsl:5:1
# CHECK-NEXT: arithmetic  // {{.*}}ast.dsl:5:9
# CHECK-NEXT: negate  // {{.*}}ast.dsl:5:9
# CHECK-NEXT: number 2  // {{.*}}ast.dsl:5:10
# CHECK-NEXT: operator *  // {{.*}}ast.dsl:5:12
# CHECK-NEXT: negate  // {{.*}}ast.dsl:5:14
# CHECK-NEXT: number 8  // {{.*}}ast.dsl:5:15
# CHECK-NEXT: section block B  // {{.*}}ast.dsl:6:1
# CHECK-NEXT: param n  // {{.*}}ast.dsl:6:10
# CHECK-NEXT: param act  // {{.*}}ast.dsl:6:13
# CHECK-NEXT: path ReLU  // {{.*}}ast.dsl:6:17
# CHECK-NEXT: output =  // {{.*}}ast.dsl:7:1
# CHECK-NEXT: flow  // {{.*}}ast.dsl:7:10
# CHECK-NEXT: path input  // {{.*}}ast.dsl:7:10
# CHECK-NEXT: ->  // {{.*}}ast.dsl:7:16
# CHECK-NEXT: call Linear  // {{.*}}ast.dsl:7:19
# CHECK-NEXT: path n  // {{.*}}ast.dsl:7:26
# CHECK-NEXT: ->  // {{.*}}ast.dsl:7:29
# CHECK-NEXT: path act  // {{.*}}ast.dsl:7:32
# CHECK-NEXT: section model  // {{.*}}ast.dsl:8:1
# CHECK-NEXT: input =  // {{.*}}ast.dsl:9:1
# CHECK-NEXT: shape 1x28x28  // {{.*}}ast.dsl:9:10
# CHECK-NEXT: output =  // {{.*}}ast.dsl:10:1
# CHECK-NEXT: flow  // {{.*}}ast.dsl:10:10
# CHECK-NEXT: path input  // {{.*}}ast.dsl:10:10
# CHECK-NEXT: ->  // {{.*}}ast.dsl:11:3
# CHECK-NEXT: count  // {{.*}}ast.dsl:11:6
# CHECK-NEXT: number 3  // {{.*}}ast.dsl:11:6
# CHECK-NEXT: call B  // {{.*}}ast.dsl:11:10
# CHECK-NEXT: path width  // {{.*}}ast.dsl:11:12
# CHECK-NEXT: arg act  // {{.*}}ast.dsl:11:19
# CHECK-NEXT: path Tanh  // {{.*}}ast.dsl:11:23
# CHECK-NEXT: ->  // {{.*}}ast.dsl:12:3
# CHECK-NEXT: path Flatten  // {{.*}}ast.dsl:12:6
# CHECK-NEXT: ->  // {{.*}}ast.dsl:12:14
# CHECK-NEXT: call Linear  // {{.*}}ast.dsl:12:17
# CHECK-NEXT: number 10  // {{.*}}ast.dsl:12:24
# CHECK-NEXT: section data  // {{.*}}ast.dsl:13:1
# CHECK-NEXT: train =  // {{.*}}ast.dsl:14:1
# CHECK-NEXT: call Csv  // {{.*}}ast.dsl:14:9
# CHECK-NEXT: string "a.csv"  // {{.*}}ast.dsl:14:13
# CHECK-NEXT: arg label  // {{.*}}ast.dsl:14:22
# CHECK-NEXT: path last  // {{.*}}ast.dsl:14:28
# CHECK-NEXT: val =  // {{.*}}ast.dsl:15:1
# CHECK-NEXT: slice test  // {{.*}}ast.dsl:15:9
# CHECK-NEXT: from  // {{.*}}ast.dsl:15:14
# CHECK-NEXT: number 9000  // {{.*}}ast.dsl:15:14
# CHECK-NEXT: section train  // {{.*}}ast.dsl:16:1
# CHECK-NEXT: lr =  // {{.*}}ast.dsl:17:1
# CHECK-NEXT: flow  // {{.*}}ast.dsl:17:11
# CHECK-NEXT: number 0.0005  // {{.*}}ast.dsl:17:11
# CHECK-NEXT: ->  // {{.*}}ast.dsl:17:18
# CHECK-NEXT: call Warmup  // {{.*}}ast.dsl:17:21
# CHECK-NEXT: number 1 epochs  // {{.*}}ast.dsl:17:28
# CHECK-NEXT: metrics =  // {{.*}}ast.dsl:18:1
# CHECK-NEXT: path Accuracy  // {{.*}}ast.dsl:18:11
# CHECK-NEXT: path F1  // {{.*}}ast.dsl:18:21

# LINE:      file {{.*}}ast.dsl
# LINE-NEXT: section model
# LINE-NEXT: output =  // {{.*}}ast.dsl:10:1
# LINE-NEXT: ->  // {{.*}}ast.dsl:11:3
# LINE-NEXT: count  // {{.*}}:11:6
# LINE-NEXT: number 3
# LINE-NEXT: call B
# LINE-NEXT: path width
# LINE-NEXT: arg act
# LINE-NEXT: path Tanh  // {{.*}}:11:23
# LINE-NOT:  {{[a-z]}}
