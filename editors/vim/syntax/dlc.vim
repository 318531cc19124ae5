" Vim syntax of dlc's language: nets, data and training in one text file.
" Made by `dlc generate vim`; tools/make-docs writes it anew.
if exists('b:current_syntax')
  finish
endif

syntax case ignore
syntax keyword dlcLayer Attention AvgPool1d AvgPool2d BatchNorm Concat Conv1d Conv2d ConvTranspose2d
syntax keyword dlcLayer DepthwiseConv2d Dropout ELU Embedding Flatten GELU GRU GlobalAvgPool GlobalMaxPool
syntax keyword dlcLayer GroupNorm HardSigmoid HardSwish InstanceNorm LSTM LayerNorm LeakyReLU Linear LogSoftmax
syntax keyword dlcLayer Max MaxPool1d MaxPool2d Mean Mish PReLU Position RMSNorm ReLU ReLU6 Reshape SELU SiLU
syntax keyword dlcLayer Sigmoid Snake Softmax Softplus Sum Tanh Transpose Upsample
syntax keyword dlcWord AUC Accuracy AdaGrad Adafactor Adam AdamW BCE Brightness Center CenterCrop Cifar10
syntax keyword dlcWord ConfusionMatrix Constant Contrast Cosine CosineRestarts Crop CrossEntropy Csv Cutout Decay
syntax keyword dlcWord Dice Exponential F1 Flip Focal Gray He HeNormal Hinge Huber Idx Images Inline Invert IoU
syntax keyword dlcWord KL Kappa L1 Libsvm Lion MAE MCC MSE MinMax Mixup Noise Normal Normalize Npy Npz OneCycle
syntax keyword dlcWord PerClass Plateau Poly Precision R2 RMSE RMSProp Ramp Raw Recall Resize Rotate SGD Scale
syntax keyword dlcWord Shift Steps Text Tokens TopK Torch Uniform Warmup Xavier XavierNormal Zoom
syntax keyword dlcBool false no off on true yes
syntax match dlcKey /^\s*\zs\h[a-z0-9_.]*\ze\s*=/
syntax match dlcKnownKey /^\s*\zs\%(accumulate\|activation\|architecture\|augment\|average\|batch\|batch_size\|beta1\|beta2\|broken\|cache\|checkpoint\|checkpoint_every\|class_weights\|classes\|clip_norm\|clip_value\|drop_last\|dropout_rate\|dtype\|early_stopping\|epochs\|eps\|epsilon\|format\|freeze\|fresh\|hidden_activation\|hidden_size\|include\|init\|input\|input_dim\|input_size\|isa\|keep\|l2\|layer\|learning_rate\|limit\|log_every\|loss\|loss_weight\|lr\|lr_gamma\|lr_step_size\|math\|max_drop\|max_time\|method\|metrics\|min_delta\|momentum\|monitor\|name\|nesterov\|normalize\|num_layers\|num_threads\|on_nan\|optimizer\|output\|output_activation\|output_size\|patience\|prepare\|quantize\|seed\|shuffle\|steps\|target\|test\|test_file\|test_label_file\|threads\|train\|train_file\|train_label_file\|type\|val\|val_every\|val_split\|weight_decay\|weights\)\ze\%(\.\h\w*\)\?\s*=/
syntax match dlcNumber /\<\d\+\%(x\d\+\)\+\>/
syntax match dlcNumber /\%(\<\d\+\|\.\d\+\)\%(\.\d*\)\?\%(e[-+]\?\d\+\)\?\%(%\|\s*\%(GB\|MB\|epoch\|epochs\|h\|m\|s\|step\|steps\)\>\)\?/
syntax match dlcArrow /->/
syntax match dlcOperator /[+*\/@=]/
syntax region dlcString start=/"/ skip=/\\["\\]/ end=/"/ oneline contains=dlcConstant
syntax match dlcConstant /\${\h\w*}/ contained
syntax match dlcSection /^\s*\[\%(block\|data\|deploy\|initialization\|logging\|loss\|model\|optimizer\|options\|performance\|regularization\|train\|training\)\>[^]]*\]/ contains=dlcNumber,dlcLayer,dlcWord,dlcBool
syntax match dlcComment /#.*$/ contains=@Spell
syntax match dlcComment /^;.*$/ contains=@Spell

highlight default link dlcLayer Function
highlight default link dlcWord Type
highlight default link dlcBool Boolean
highlight default link dlcKey Identifier
highlight default link dlcKnownKey Keyword
highlight default link dlcNumber Number
highlight default link dlcArrow Operator
highlight default link dlcOperator Operator
highlight default link dlcString String
highlight default link dlcConstant Special
highlight default link dlcSection Structure
highlight default link dlcComment Comment

let b:current_syntax = 'dlc'
