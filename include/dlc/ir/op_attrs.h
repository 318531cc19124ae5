// Attribute structs of the primitives that Builder, autodiff and lowering all speak of.
// Attributes of a single op live in that op's file; a struct comes here only when a second place needs it.
#pragma once

#include "dlc/ir/layer_builder.h"
#include "dlc/support/attrs.h"

namespace dlc {

/// constant: every element is `value`.
struct ConstAttrs {
  double value = 0;
  DType dtype = DType::F32;
  Shape shape;
  static constexpr auto fields() {
    return std::array{field<&ConstAttrs::value>("value"), field<&ConstAttrs::dtype>("dtype"),
                      field<&ConstAttrs::shape>("shape")};
  }
};

/// matmul: a is [m,k] ([k,m] when trans_a), b is [k,n] ([n,k] when trans_b).
struct MatmulAttrs {
  bool trans_a = false, trans_b = false;
  static constexpr auto fields() {
    return std::array{field<&MatmulAttrs::trans_a>("trans_a"), field<&MatmulAttrs::trans_b>("trans_b")};
  }
};

/// sum, reduce_max: ascending adjacent axes; the order of a sum follows exactSum (exact_math.h).
struct ReduceAttrs {
  Shape axes;
  bool keep = false; ///< reduced axes stay with size 1
  static constexpr auto fields() {
    return std::array{field<&ReduceAttrs::axes>("axes"), field<&ReduceAttrs::keep>("keep")};
  }
};

/// concat: the axis along which the values stand one after the other.
struct AxisAttrs {
  int64_t axis = 0;
  static constexpr auto fields() { return std::array{field<&AxisAttrs::axis>("axis")}; }
};

/// slice: indices [begin, begin + size) of an axis.
struct SliceAttrs {
  int64_t axis = 0, begin = 0, size = 1;
  static constexpr auto fields() {
    return std::array{field<&SliceAttrs::axis>("axis"), field<&SliceAttrs::begin>("begin"),
                      field<&SliceAttrs::size>("size")};
  }
};

/// reshape, broadcast: the result's shape.
struct ShapeAttrs {
  Shape shape;
  static constexpr auto fields() { return std::array{field<&ShapeAttrs::shape>("shape")}; }
};

/// transpose: result dimension i is operand dimension order[i].
struct OrderAttrs {
  Shape order;
  static constexpr auto fields() { return std::array{field<&OrderAttrs::order>("order")}; }
};

struct CastAttrs {
  DType dtype = DType::F32;
  static constexpr auto fields() { return std::array{field<&CastAttrs::dtype>("dtype")}; }
};

/// one_hot: the number of columns.
struct OneHotAttrs {
  int64_t classes = 1;
  DType dtype = DType::F32;
  static constexpr auto fields() {
    return std::array{field<&OneHotAttrs::classes>("classes"), field<&OneHotAttrs::dtype>("dtype")};
  }
};

/// output: the name under which the value is fetched ("output", "loss").
struct OutputAttrs {
  std::string name = "output";
  static constexpr auto fields() { return std::array{field<&OutputAttrs::name>("name")}; }
};

/// minimize: mnemonic of the optimizer, its arguments as the language writes them ("momentum=0.9, nesterov=true"), and
/// what is done to the gradients before it sees them and to the weights afterwards.
struct MinimizeAttrs {
  std::string optimizer = "sgd";
  std::string settings;
  double clip_value = 0; ///< every entry of a gradient to [-clip_value, clip_value]; 0: off
  double clip_norm = 0;  ///< then all gradients together to this norm; 0: off
  /// Gradients are summed over several batches: by those with update = false they are only added to what is there, and
  /// the one with update = true makes a step with their mean over the scalar input "batches".
  bool accumulate = false;
  bool update = true;
  double average = 0; ///< decay of the moving average of the weights, kept beside each in slot "average"; 0: none
  std::string frozen; ///< parameters that stay as they are: patterns of names, separated by commas ("conv*,head.bias")
  static constexpr auto fields() {
    return std::array{field<&MinimizeAttrs::optimizer>("optimizer"),   field<&MinimizeAttrs::settings>("settings"),
                      field<&MinimizeAttrs::clip_value>("clip_value"), field<&MinimizeAttrs::clip_norm>("clip_norm"),
                      field<&MinimizeAttrs::accumulate>("accumulate"), field<&MinimizeAttrs::update>("update"),
                      field<&MinimizeAttrs::average>("average"),       field<&MinimizeAttrs::frozen>("frozen")};
  }
};

/// Whether the parameter `name` is among the patterns of MinimizeAttrs::frozen.
bool isFrozen(llvm::StringRef name, llvm::StringRef frozen);

/// random: uniform [0,1) from Philox keyed by (seed, stream) and counted by (element, step).
struct RandomAttrs {
  int64_t seed = 0;
  int64_t stream = 0;
  DType dtype = DType::F32;
  Shape shape;
  static constexpr auto fields() {
    return std::array{field<&RandomAttrs::seed>("seed"), field<&RandomAttrs::stream>("stream"),
                      field<&RandomAttrs::dtype>("dtype"), field<&RandomAttrs::shape>("shape")};
  }
};

} // namespace dlc
