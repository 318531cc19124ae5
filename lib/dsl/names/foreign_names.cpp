// The table of what Keras, PyTorch, Caffe, Darknet and ONNX call things, and the search in it.
// Names that differ from ours in case or underscores alone need no row; a unit test holds every right side against the
// registry and the key table.
#include "dlc/dsl/names/foreign_names.h"

#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

using enum NameKind;
constexpr ForeignNames kForeignNames[] = {
    {Layer, "Linear", "Dense FullyConnected InnerProduct fc Affine Gemm LazyLinear Connected"},
    {Layer, "Conv2d", "Conv Convolution Convolution2D Convolutional LazyConv2d"},
    {Layer, "Conv1d", "Convolution1D"},
    {Layer, "",
     "Conv3D Convolution3D ConvTranspose1d Conv1DTranspose ConvTranspose3d "
     "Conv3DTranspose "
     "MaxPool3d MaxPooling3D AvgPool3d AveragePooling3D"},
    {Layer, "ConvTranspose2d",
     "Conv2DTranspose ConvTranspose Deconvolution Deconvolution2D Deconv "
     "Deconv2d"},
    {Layer, "DepthwiseConv2d", "DepthwiseConv"},
    {Layer, "-> DepthwiseConv2d(3) -> Conv2d(16, 1)", "SeparableConv2D"},
    {Layer, "-> Conv2d(16, 3, padding=1)", "ZeroPadding2D ZeroPad2d"},
    {Layer, "MaxPool2d", "MaxPool MaxPooling MaxPooling2D Pool Pooling"},
    {Layer, "MaxPool1d", "MaxPooling1D"},
    {Layer, "AvgPool1d", "AveragePool1d AveragePooling1D"},
    {Layer, "AvgPool2d",
     "AvgPool AvgPooling AveragePool AveragePool2d AveragePooling "
     "AveragePooling2D"},
    {Layer, "GlobalAvgPool",
     "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePool AdaptiveAvgPool1d AdaptiveAvgPool2d"},
    {Layer, "GlobalMaxPool", "GlobalMaxPooling1D GlobalMaxPooling2D AdaptiveMaxPool1d AdaptiveMaxPool2d"},
    {Layer, "Mean", "ReduceMean"},
    {Layer, "Sum", "ReduceSum"},
    {Layer, "Max", "ReduceMax"},
    {Layer, "BatchNorm", "BatchNormalization BatchNorm1d BatchNorm2d SyncBatchNorm SpatialBN"},
    {Layer, "LayerNorm", "LayerNormalization"},
    {Layer, "GroupNorm", "GroupNormalization"},
    {Layer, "InstanceNorm", "InstanceNormalization InstanceNorm2d"},
    {Layer, "RMSNorm", "RMSNormalization"},
    {Layer, "Attention", "MultiHeadAttention SelfAttention"},
    {Layer, "LSTM", "LSTMCell"},
    {Layer, "GRU", "GRUCell"},
    {Layer, "Embedding", "Embed"},
    {Layer, "Position", "PositionEmbedding PositionalEmbedding PositionalEncoding"},
    {Layer, "-> ReLU", "Activation"},
    {Layer, "LeakyReLU", "LReLU"},
    {Layer, "PReLU", "ParametricReLU"},
    {Layer, "SiLU", "Swish"},
    {Layer, "HardSwish", "HSwish"},
    {Layer, "HardSigmoid", "HSigmoid"},
    {Layer, "Sigmoid", "Logistic"},
    {Layer, "Dropout", "Dropout1d Dropout2d SpatialDropout2D"},
    {Layer, "Upsample", "UpSampling2D Interpolate Resize"},
    {Layer, "-> Upsample(2)", "UpsamplingNearest2d"},
    {Layer, "-> Upsample(2, mode=bilinear)", "UpsamplingBilinear2d"},
    {Layer, "Reshape", "View Unflatten"},
    {Layer, "Transpose", "Permute"},
    {Layer, "Concat", "Concatenate cat"},
    {Layer, "a + b", "Add Eltwise Shortcut"},
    {Layer, "a - b", "Subtract Sub"},
    {Layer, "a * b", "Multiply Mul"},
    {Layer, "a / b", "Div Divide"},
    {Layer, "a @ b", "MatMul bmm"},

    {Argument, "kernel", "kernel_size kernel_shape ksize pool_size window"},
    {Argument, "stride", "strides"},
    {Argument, "padding", "pad pads"},
    {Argument, "dilation", "dilation_rate"},
    {Argument, "multiplier", "depth_multiplier"},
    {Argument, "out", "out_channels out_features filters num_output"},
    {Argument, "out|dim", "features"},
    {Argument, "out|size", "units"},
    {Argument, "size", "hidden_size hidden_dim"},
    {Argument, "bias", "use_bias bias_term"},
    {Argument, "init", "kernel_initializer weight_init"},
    {Argument, "groups", "num_groups"},
    {Argument, "heads", "num_heads n_heads"},
    {Argument, "causal", "is_causal use_causal_mask"},
    {Argument, "sequence", "return_sequences"},
    {Argument, "dim", "embedding_dim embed_dim"},
    {Argument, "dim|out", "output_dim"},
    {Argument, "eps", "epsilon"},
    {Argument, "p", "rate ratio dropout_ratio prob probability dropout"},
    {Argument, "slope", "negative_slope alpha"},
    {Argument, "factor", "scale_factor scale"},
    {Argument, "mode", "interpolation"},
    {Argument, "axis", "dim axes"},
    {Argument, "keep", "keepdims keepdim"},
    {Argument, "shape", "target_shape"},
    {Argument, "order", "dims perm"},
    {Argument, "smoothing", "label_smoothing"},
    {Argument, "beta1", "beta_1"},
    {Argument, "beta2", "beta_2"},
    {Argument, "alpha", "rho"},
    {Argument, "weight_decay", "decay"},

    {Key, "lr|learning_rate", "learning_rate"},
    {Key, "lr",
     "learning_rate_init initial_lr base_lr init_lr eta lr_scheduler "
     "lr_schedule lr_policy lr_decay learning_rate_decay learning_rate_schedule "
     "learning_rate_scheduler lr_step_size lr_gamma scheduler schedule warmup warmup_steps "
     "warmup_epochs"},
    {Key, "epochs", "num_epochs n_epochs nb_epoch max_epochs total_epochs train_epochs"},
    {Key, "steps", "max_iter max_steps max_batches num_steps iterations"},
    {Key, "batch_size", "batch mini_batch_size train_batch_size"},
    {Key, "loss", "criterion loss_function loss_fn loss_func objective cost cost_function"},
    {Key, "optimizer", "optim solver solver_type"},
    {Key, "type", "name kind method algorithm"},
    {Key, "beta1", "beta_1 adam_beta1"},
    {Key, "beta2", "beta_2 adam_beta2"},
    {Key, "eps", "epsilon adam_epsilon"},
    {Key, "weight_decay", "decay l2 l2_regularization regularization wd"},
    {Key, "clip_norm",
     "clipnorm grad_clip gradient_clip gradient_clipping clip_gradients "
     "max_grad_norm"},
    {Key, "clip_value", "clipvalue"},
    {Key, "accumulate", "iter_size accumulation_steps gradient_accumulation_steps"},
    {Key, "class_weights", "class_weight"},
    {Key, "patience", "early_stopping early_stopping_patience"},
    {Key, "val_every", "validation_freq eval_every eval_interval test_interval"},
    {Key, "checkpoint_every", "save_every save_freq save_steps snapshot"},
    {Key, "checkpoint", "checkpoint_path snapshot_prefix"},
    {Key, "keep", "save_best_only"},
    {Key, "log_every", "log_interval logging_steps print_every display"},
    {Key, "seed", "random_seed random_state"},
    {Key, "dtype", "precision data_type"},
    {Key, "threads", "num_threads num_workers n_jobs"},
    {Key, "init", "initializer initialization kernel_initializer weight_filler weight_init"},
    {Key, "average", "ema ema_decay"},
    {Key, "max_time", "time_limit"},
    {Key, "val",
     "validation_split validation_data validation val_split val_data val_size "
     "valid"},
    {Key, "train", "training_data train_data train_dataset train_file train_path dataset"},
    {Key, "test", "test_data test_dataset test_file test_path"},
    {Key, "prepare", "transform transforms preprocess preprocessing normalize"},
    {Key, "augment", "augmentation augmentations data_augmentation"},
    {Key, "classes", "class_names labels"},
    {Key, "drop_last", "drop_remainder"},
    {Key, "limit", "max_samples"},
    {Key, "quantize", "quantization"},
    {Key, "isa", "arch march"},
    {Key, "format", "output_format"},

    {Word, "f32", "float float32 fp32 single"},
    {Word, "f64", "float64 fp64 double"},
    {Word, "Xavier", "glorot glorot_uniform xavier_uniform"},
    {Word, "XavierNormal", "glorot_normal"},
    {Word, "He", "kaiming kaiming_uniform he_uniform"},
    {Word, "HeNormal", "msra kaiming_normal"},
    {Word, "Uniform", "random_uniform"},
    {Word, "Normal", "random_normal"},
    {Word, "Normal|Noise", "gaussian"},
    {Word, "Constant", "zeros ones"},
    {Word, "BCE",
     "binary_crossentropy binary_cross_entropy_with_logits "
     "BCELoss BCEWithLogits BCEWithLogitsLoss log_loss"},
    {Word, "CrossEntropy",
     "CrossEntropyLoss categorical_crossentropy sparse_categorical_crossentropy "
     "softmax_cross_entropy SoftmaxWithLoss nll NLLLoss"},
    {Word, "MSE", "l2 mean_squared_error MSELoss EuclideanLoss quadratic"},
    {Word, "L1", "mae L1Loss"},
    {Word, "L1|MAE", "mean_absolute_error"},
    {Word, "Huber", "smooth_l1 SmoothL1Loss HuberLoss"},
    {Word, "KL", "KLDivLoss kl_divergence kullback_leibler_divergence"},
    {Word, "Hinge", "HingeLoss"},
    {Word, "SGD", "gradient_descent momentum nesterov"},
    {Word, "Adam", "nadam adamax"},
    {Word, "Accuracy", "acc binary_accuracy categorical_accuracy sparse_categorical_accuracy"},
    {Word, "TopK", "top_k_accuracy top_k_categorical_accuracy top5"},
    {Word, "F1", "f1_score"},
    {Word, "AUC", "roc_auc auroc"},
    {Word, "RMSE", "root_mean_squared_error"},
    {Word, "R2", "r2_score"},
    {Word, "Images", "ImageFolder ImageData"},
    {Word, "Idx", "MNIST"},
    {Word, "Csv", "read_csv"},
    {Word, "Scale", "Rescale Rescaling ToTensor"},
    {Word, "Normalize", "Normalization Standardize StandardScaler"},
    {Word, "MinMax", "MinMaxScaler"},
    {Word, "Gray", "Grayscale"},
    {Word, "Crop", "RandomCrop"},
    {Word, "Flip",
     "RandomFlip HorizontalFlip RandomHorizontalFlip VerticalFlip "
     "RandomVerticalFlip"},
    {Word, "Rotate", "Rotation RandomRotation"},
    {Word, "Shift", "Translate RandomTranslation"},
    {Word, "Zoom", "RandomZoom"},
    {Word, "Brightness", "ColorJitter RandomBrightness"},
    {Word, "Contrast", "RandomContrast"},
    {Word, "Noise", "GaussianNoise"},
    {Word, "Cutout", "RandomErasing"},
    {Word, "Decay", "StepLR ExponentialLR ExponentialDecay"},
    {Word, "Steps", "MultiStepLR PiecewiseConstantDecay"},
    {Word, "Cosine", "CosineAnnealing CosineAnnealingLR CosineDecay"},
    {Word, "Ramp", "LinearLR LinearDecay"},
    {Word, "Poly", "PolynomialLR PolynomialDecay"},
    {Word, "OneCycle", "OneCycleLR"},
    {Word, "Warmup", "LinearWarmup"},
    {Word, "Plateau", "ReduceLROnPlateau"},
};

constexpr size_t kLongestWord = 64;  // of names that anybody means; closest() takes no longer ones either
constexpr size_t kShortestGuess = 4; // "cat" is near to too much

llvm::SmallVector<llvm::StringRef> partsOf(llvm::StringRef text, char at) {
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, at, -1, false);
  return parts;
}

/// Whether two names differ in case and underscores at most.
bool isSame(llvm::StringRef a, llvm::StringRef b) {
  auto skip = [](llvm::StringRef &text) { text = text.ltrim('_'); };
  for (skip(a), skip(b); !a.empty() && !b.empty(); skip(a), skip(b)) {
    if (llvm::toLower(a.front()) != llvm::toLower(b.front()))
      return false;
    a = a.drop_front();
    b = b.drop_front();
  }
  return a.empty() && b.empty();
}

/// What is known here under the name that `row` gives; empty where nothing is.
llvm::StringRef knownOf(const ForeignNames &row, llvm::ArrayRef<llvm::StringRef> known) {
  for (llvm::StringRef name : row.oursEach())
    if (llvm::is_contained(known, name))
      return name;
  return {};
}

std::string meaning(const ForeignNames &row, llvm::ArrayRef<llvm::StringRef> known) {
  if (!row.isName())
    return row.ours.empty() ? "" : ("write " + row.ours).str();
  llvm::StringRef ours = knownOf(row, known);
  return ours.empty() ? "" : ("did you mean " + ours + "?").str();
}

/// The row with exactly this name of theirs, or null.
const ForeignNames *find(NameKind kind, llvm::StringRef theirs) {
  for (const ForeignNames &row : kForeignNames)
    if (row.kind == kind && llvm::any_of(row.theirsEach(), [&](llvm::StringRef name) { return isSame(name, theirs); }))
      return &row;
  return nullptr;
}

} // namespace

bool ForeignNames::isName() const { return !ours.empty() && !ours.contains(' '); }
llvm::SmallVector<llvm::StringRef> ForeignNames::oursEach() const { return partsOf(ours, '|'); }
llvm::SmallVector<llvm::StringRef> ForeignNames::theirsEach() const { return partsOf(theirs, ' '); }

llvm::ArrayRef<ForeignNames> foreignNames() { return kForeignNames; }

bool meansName(NameKind kind, llvm::StringRef written, llvm::StringRef ours) {
  const ForeignNames *row = find(kind, written);
  return row && !knownOf(*row, ours).empty();
}

std::string adviceOnName(NameKind kind, llvm::StringRef written, llvm::ArrayRef<llvm::StringRef> known) {
  llvm::StringRef name = written.contains('.') ? written.rsplit('.').second : written;
  if (name.size() > kLongestWord)
    return {};
  for (llvm::StringRef ours : known)
    if (isSame(ours, name))
      return ("did you mean " + ours + "?").str();
  if (const ForeignNames *row = find(kind, name))
    if (std::string advice = meaning(*row, known); !advice.empty() || row->ours.empty())
      return advice;
  llvm::SmallVector<llvm::StringRef> names(known); // ours come first: of two equally near ones they are meant
  for (const ForeignNames &row : kForeignNames)
    if (row.kind == kind && !meaning(row, known).empty())
      for (llvm::StringRef theirs : row.theirsEach())
        if (theirs.size() >= kShortestGuess)
          names.push_back(theirs);
  llvm::StringRef near = closest(name, names);
  if (near.empty())
    return {};
  if (llvm::is_contained(known, near))
    return ("did you mean " + near + "?").str();
  return meaning(*find(kind, near), known);
}

} // namespace dlc::dsl
