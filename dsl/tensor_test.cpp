// Host tensors: memory, views, strides, copies, and what is refused.
#include <tcc/tensor.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

namespace tcc {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr std::int64_t large = std::int64_t{1} << 62;

std::vector<float> counting(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0F);
  return values;
}

std::vector<float> values_of(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  return {values.begin(), values.end()};
}

TEST(Tensor, NewMemoryIsAlignedAndRowMajor) {
  for (const Extents& shape :
       {Extents{}, Extents{0}, Extents{3}, Extents{2, 3, 4}, Extents{5, 0}}) {
    const Tensor tensor = Tensor::empty(DType::f64, shape);
    EXPECT_TRUE(tensor.defined());
    EXPECT_TRUE(tensor.is_contiguous());
    EXPECT_EQ(tensor.shape(), shape);
    ASSERT_NE(tensor.raw_data(), nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.raw_data()) % 64, 0U);
  }
  EXPECT_EQ(Tensor::empty(DType::i8, {2, 3, 4}).strides(), (Extents{12, 4, 1}));
}

TEST(Tensor, CountsElements) {
  EXPECT_EQ(Tensor::empty(DType::f32, {}).element_count(), 1);
  EXPECT_EQ(Tensor::empty(DType::f32, {}).rank(), 0);
  EXPECT_EQ(Tensor::empty(DType::f32, {2, 3}).element_count(), 6);
  EXPECT_EQ(Tensor::empty(DType::f32, {2, 0, 3}).element_count(), 0);
  EXPECT_EQ(Tensor::empty(DType::f32, {large, large, 0}).element_count(), 0);
  EXPECT_EQ(Tensor().element_count(), 0);
  EXPECT_FALSE(Tensor().defined());
}

TEST(Tensor, ZerosAreZero) {
  const Tensor tensor = Tensor::zeros(DType::i16, {7, 3});
  for (const std::int16_t value : tensor.values<std::int16_t>())
    EXPECT_EQ(value, 0);
}

TEST(Tensor, CopiesShareTheMemory) {
  Tensor copy;
  {
    const Tensor tensor = Tensor::zeros(DType::f32, {2});
    copy = tensor;
    tensor.data<float>()[1] = 5;
  }
  EXPECT_EQ(values_of(copy), (std::vector<float>{0, 5}));
}

TEST(Tensor, ViewsUseTheCallersMemory) {
  std::vector<float> memory = counting(6);
  const Tensor tensor = Tensor::view(memory, {2, 3});
  EXPECT_EQ(tensor.raw_data(), memory.data());
  EXPECT_EQ(tensor.dtype(), DType::f32);
  EXPECT_EQ(tensor.contiguous().raw_data(), memory.data());
  memory[4] = 40;
  EXPECT_EQ(tensor.values<float>()[4], 40);
}

TEST(Tensor, AnOwnerIsKeptAlive) {
  auto owner = std::make_shared<std::vector<float>>(counting(4));
  const std::weak_ptr<std::vector<float>> watch = owner;
  Tensor tensor = Tensor::strided(DType::f32, owner->data(), {4}, {1}, owner);
  owner.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(tensor.values<float>()[3], 3);
  tensor = Tensor();
  EXPECT_TRUE(watch.expired());
}

TEST(Tensor, AnyStridesBecomeContiguous) {
  struct Row {
    const char* name;
    std::ptrdiff_t first;
    Extents shape, strides;
    std::vector<float> values;
  };
  const Row rows[] = {
      {"transposed", 0, {3, 2}, {1, 3}, {0, 3, 1, 4, 2, 5}},
      {"reversed", 5, {6}, {-1}, {5, 4, 3, 2, 1, 0}},
      {"both axes reversed", 5, {2, 3}, {-3, -1}, {5, 4, 3, 2, 1, 0}},
      {"broadcast rows", 0, {2, 3}, {0, 1}, {0, 1, 2, 0, 1, 2}},
      {"broadcast everything", 2, {2, 2}, {0, 0}, {2, 2, 2, 2}},
      {"every second", 0, {3}, {2}, {0, 2, 4}},
      {"with gaps", 0, {2, 2}, {3, 1}, {0, 1, 3, 4}},
      {"three axes", 0, {3, 1, 2}, {1, 99, 3}, {0, 3, 1, 4, 2, 5}},
      {"three axes that overlap", 0, {2, 2, 2}, {1, 2, 2}, {0, 2, 2, 4, 1, 3, 3, 5}},
      {"axes of one", 1, {1, 1, 1}, {7, -7, 0}, {1}},
      {"no elements", 0, {2, 0}, {5, 5}, {}},
      {"a scalar", 3, {}, {}, {3}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::vector<float> memory = counting(6);
    const Tensor tensor =
        Tensor::strided(DType::f32, memory.data() + row.first, row.shape, row.strides);
    const Tensor dense = tensor.contiguous();
    EXPECT_TRUE(dense.is_contiguous());
    EXPECT_EQ(dense.shape(), row.shape);
    EXPECT_EQ(values_of(dense), row.values);
  }
}

TEST(Tensor, EveryElementSizeIsCopied) {
  for (const DType dtype : {DType::boolean, DType::i16, DType::bf16, DType::f32, DType::u64}) {
    const std::size_t size = size_in_bytes(dtype);
    std::vector<unsigned char> memory(6 * size);
    std::iota(memory.begin(), memory.end(), static_cast<unsigned char>(0));
    const Tensor dense = Tensor::strided(dtype, memory.data(), {3, 2}, {1, 3}).contiguous();
    const auto* bytes = static_cast<const unsigned char*>(dense.raw_data());
    const std::size_t order[] = {0, 3, 1, 4, 2, 5};
    for (std::size_t i = 0; i < 6 * size; ++i) {
      ASSERT_EQ(bytes[i], order[i / size] * size + i % size) << name_of(dtype) << ' ' << i;
    }
  }
}

TEST(Tensor, ContiguousMeansWithoutGaps) {
  float memory[16] = {};
  const auto is_contiguous = [&](Extents shape, Extents strides) {
    return Tensor::strided(DType::f32, memory, std::move(shape), std::move(strides))
        .is_contiguous();
  };
  EXPECT_TRUE(is_contiguous({2, 3}, {3, 1}));
  EXPECT_TRUE(is_contiguous({1, 3}, {99, 1}));
  EXPECT_TRUE(is_contiguous({2, 0}, {-4, 7}));
  EXPECT_TRUE(is_contiguous({}, {}));
  EXPECT_FALSE(is_contiguous({2, 3}, {4, 1}));
  EXPECT_FALSE(is_contiguous({2, 3}, {1, 2}));
  EXPECT_FALSE(is_contiguous({2}, {0}));
  EXPECT_FALSE(is_contiguous({2}, {-1}));
}

struct Refusal {
  std::function<void()> call;
  const char* text;
};

void expect_refusals(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    try {
      refusal.call();
      ADD_FAILURE() << "not refused: " << refusal.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.category(), ErrorCategory::program);
      EXPECT_STREQ(error.what(), refusal.text);
    }
  }
}

TEST(Tensor, WrongShapesAreRefused) {
  std::vector<float> memory(6);
  expect_refusals({
      {[] { Tensor::empty(DType::f32, {2, -1}); }, "the shape [2, -1] has a negative extent"},
      {[] { Tensor::empty(DType::f32, {0, -1}); }, "the shape [0, -1] has a negative extent"},
      {[] { Tensor::empty(DType::i8, {large, 2}); },
       "a tensor i8[4611686018427387904, 2] is over 2^62 bytes"},
      {[] { Tensor::zeros(DType::f64, {large / 4}); },
       "a tensor f64[1152921504606846976] is over 2^62 bytes"},
      {[&] { Tensor::view(memory, {7}); }, "the shape [7] has 7 elements, but 6 are given"},
      {[&] { Tensor::view(memory, {}); }, "the shape [] has 1 elements, but 6 are given"},
      {[&] { Tensor::view(memory, {large, large}); },
       "a tensor f32[4611686018427387904, 4611686018427387904] is over 2^62 bytes"},
      {[&] { Tensor::strided(DType::f32, memory.data(), {2, 3}, {1}); },
       "2 extents, but 1 strides"},
      {[&] { Tensor::strided(DType::f32, memory.data(), {-2}, {1}); },
       "the shape [-2] has a negative extent"},
  });
}

TEST(Tensor, WrongAccessIsRefused) {
  std::vector<float> memory = counting(6);
  expect_refusals({
      {[&] { Tensor::view(memory, {6}).data<double>(); }, "the tensor's elements are f32, not f64"},
      {[] { Tensor().data<float>(); }, "an undefined tensor has no elements"},
      {[&] { Tensor::strided(DType::f32, memory.data(), {3}, {2}).values<float>(); },
       "the tensor of shape [3] and strides [2] is not contiguous"},
  });
}

TEST(Tensor, NoMemoryIsTheEnvironments) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "a sanitizer ends the process where there is no memory";
#endif
#endif
  try {
    Tensor::empty(DType::i8, {large});
    ADD_FAILURE() << "4 EiB were found";
  } catch (const Error& error) {
    EXPECT_EQ(error.category(), ErrorCategory::environment);
  }
}

}  // namespace
}  // namespace tcc
