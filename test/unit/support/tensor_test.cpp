// Tensors as the strict document of the framework describes them: created zero-filled and row-major, aligned, copied
// deeply, reshaped over the same bytes. Arithmetic on them is the business of ops and is tested there.
#include "dlc/support/tensor.h"

#include "gtest/gtest.h"

#include <numeric>

using namespace dlc;

namespace {

Tensor counting(Type type) {
  Tensor tensor(std::move(type));
  auto elements = tensor.span<float>();
  std::iota(elements.begin(), elements.end(), 0.0F);
  return tensor;
}

TEST(Tensor, IsCreatedZeroFilledInEveryDtype) {
  for (DType dtype : {DType::F32, DType::F64, DType::I32}) {
    const Tensor tensor({dtype, {3, 5, 7}});
    EXPECT_EQ(tensor.type().elements(), 105);
    EXPECT_EQ(tensor.bytes(), 105 * byteSize(dtype));
    for (size_t i = 0; i < tensor.bytes(); ++i)
      ASSERT_EQ(tensor.data()[i], std::byte{0}) << name(dtype).str() << ", byte " << i;
  }
}

TEST(Tensor, BeginsAtAMultipleOf64Bytes) {
  for (int64_t size = 1; size < 200; ++size) {
    const Tensor tensor({DType::F32, {size}});
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data()) % 64, 0U) << size;
  }
}

TEST(Tensor, ScalarsHoldOneElementAndEmptyShapesNone) {
  EXPECT_EQ(Tensor({DType::F64, {}}).bytes(), 8U);
  EXPECT_EQ(Tensor({DType::F64, {4, 0, 2}}).bytes(), 0U);
  EXPECT_EQ(Tensor().bytes(), 0U);
}

TEST(Tensor, CopiesAreDeep) {
  Tensor original = counting({DType::F32, {2, 3}});
  Tensor copy = original;
  EXPECT_EQ(copy, original);
  copy.span<float>()[4] = 40;
  EXPECT_EQ(original.span<float>()[4], 4);
  EXPECT_FALSE(copy == original);

  const std::byte *bytes = original.data();
  Tensor moved = std::move(original);
  EXPECT_EQ(moved.data(), bytes) << "a move keeps the bytes where they are";
}

TEST(Tensor, EqualityLooksAtTheShapeAndAtBits) {
  Tensor a({DType::F32, {2, 3}}), b({DType::F32, {3, 2}});
  EXPECT_FALSE(a == b);
  b.reshape({2, 3});
  EXPECT_TRUE(a == b);
  b.span<float>()[0] = -0.0F;
  EXPECT_FALSE(a == b) << "0 and -0 are different bits";
}

TEST(Tensor, ReshapeKeepsRowMajorOrder) {
  Tensor tensor = counting({DType::F32, {2, 3}});
  const std::byte *bytes = tensor.data();
  tensor.reshape({3, 2});
  EXPECT_EQ(tensor.shape(), (Shape{3, 2}));
  EXPECT_EQ(tensor.data(), bytes);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(tensor.span<float>()[static_cast<size_t>(i)], static_cast<float>(i));
  tensor.reshape({6});
  tensor.reshape({1, 6, 1});
  EXPECT_EQ(tensor.shape(), (Shape{1, 6, 1}));
}

TEST(TensorDeathTest, RefusesToReshapeToAnotherNumberOfElements) {
  Tensor tensor({DType::F32, {2, 3}});
  EXPECT_DEATH(tensor.reshape({4, 2}), "reshape of f32\\[2,3\\]");
}

TEST(TensorDeathTest, RefusesToHandOutElementsOfAnotherDtype) {
  Tensor tensor({DType::F32, {2, 3}});
  EXPECT_DEATH((void)tensor.span<double>(), "tensor is f32\\[2,3\\]");
}

} // namespace
