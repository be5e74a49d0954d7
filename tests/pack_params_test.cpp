// Params that the schedulers have packed: which, how, and that nothing but time comes of it.
#include <algorithm>

#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include "api/program_state.h"
#include "ir/printer.h"
#include "ir/target.h"
#include "tests/support/lowered_text.h"
#include "tests/support/same_bits.h"

namespace tcc::tests {
namespace {

/// The commands of the schedule that pack, one after the other.
std::string packs_in(const ir::Schedule& schedule) {
  std::string packs;
  for (const ir::ScheduleBlock& block : schedule.blocks) {
    for (const ir::ScheduleCommand& command : block.commands) {
      if (command.rewrite != "pack") continue;
      packs += (packs.empty() ? "" : "; ") + block.definition + ": " + ir::print(command);
    }
  }
  return packs;
}

struct PackCase {
  const char* text;
  Sizes sizes;
  const char* packs;  ///< for x86-64-v3: tiles of 16 columns of f32
};

class PackedParams : public ::testing::TestWithParam<PackCase> {};

TEST_P(PackedParams, FollowFromIndexMaps) {
  const PackCase& one = GetParam();
  const Lowered chosen = lowered_text(one.text, one.sizes);
  EXPECT_EQ(packs_in(chosen.schedule), one.packs) << one.text;
  EXPECT_TRUE(chosen.kept.empty()) << "refused: " << *chosen.kept.begin();
}

TEST_P(PackedParams, ArePackedByTheScheduleThatIsPrinted) {
  const PackCase& one = GetParam();
  const Lowered chosen = lowered_text(one.text, one.sizes);
  const Lowered pasted =
      lowered_text(one.text, one.sizes, "cpu:x86-64-v3", ir::print(chosen.schedule));
  EXPECT_EQ(ir::print(pasted.general().scheduled), ir::print(chosen.general().scheduled));
}

const PackCase pack_cases[] = {
    {"input A: f32[M, K]; param B: f32[K, N]; C = A @ B",
     {},
     "C: pack(B, [i1 // 16, i0, i1 % 16])"},
    {"input A: f32[M, K]; param B: f32[K, N]; C = A @ B",
     {{"M", 8}, {"K", 300}, {"N", 300}},
     "C: pack(B, [i1 // 16, i0, i1 % 16])"},
    {"input A: f64[M, K]; param B: f64[K, N]; C = A @ B", {}, "C: pack(B, [i1 // 8, i0, i1 % 8])"},
    {"input A: f16[M, K]; param B: f16[K, N]; C = A @ B",
     {},
     "C: pack(B, [i1 // 32, i0, i1 % 32])"},
    {"input A: f32[M, K]; param B: f32[K, N], c: f32[N]; C = relu(A @ B + c)",
     {},
     "C: pack(B, [i1 // 16, i0, i1 % 16])"},
    {"input A: f32[M, K]; param B: f32[K, N]; C = softmax(A @ B)",
     {},
     "C: pack(B, [i1 // 16, i0, i1 % 16])"},
    // Transposed: as whole columns where one tile has them all.
    {"input A: f32[M, K]; param B: f32[N, K]; C = A @ B.T",
     {},
     "C: pack(B, [i0 // 16, i1, i0 % 16])"},
    {"input A: f32[M, K]; param B: f32[N, K]; C = A @ B.T",
     {{"K", 20}, {"N", 10}},
     "C: pack(B, [i1, i0])"},
    // Batches, and windows over several reductions.
    {"input A: f32[H, M, K]; param B: f32[H, K, N]; C = A @ B",
     {},
     "C: pack(B, [i0, i2 // 16, i1, i2 % 16])"},
    {"input A: f32[H, M, K]; param B: f32[K, N]; C = einsum(\"hmk,kn->hmn\", A, B)",
     {},
     "C: pack(B, [i1 // 16, i0, i1 % 16])"},
    {"input x: f32[H, W, D]; param w: f32[3, 3, D, F]\n"
     "y[i in 0:H - 2, j in 0:W - 2, f] = sum[u, v, d](x[i + u, j + v, d] * w[u, v, d, f])",
     {},
     "y: pack(w, [i3 // 16, i0, i1, i2, i3 % 16])"},
    // Of a layer of a perceptron that is in the kernel of another; that one's is small.
    {"input x: f32[M, 64]; param A: f32[64, 300], B: f32[300, 40]; y = relu(x @ A) @ B",
     {},
     "y: pack(A, [i1 // 16, i0, i1 % 16])"},
    // In a part of the second cache, or in order, as it is.
    {"input A: f32[M, K]; param B: f32[K, N]; C = A @ B", {{"K", 128}, {"N", 128}}, ""},
    {"input A: f32[M, K]; param B: f32[K, N]; C = A @ B", {{"K", 99999}, {"N", 16}}, ""},
    // What is no param, what changes, what others read, what no tile loads as vectors.
    {"input A: f32[M, K], B: f32[K, N]; C = A @ B", {}, ""},
    {"input A: f32[M, K]; param B: f32[K, N]; C = A @ B; update B = B * 2.0", {}, ""},
    {"input A: f32[M, K]; param B: f32[K, N]; C = A @ B; D = B + 1.0", {}, ""},
    {"input x: f32[M, N]; param B: f32[N, N]; y = (x @ B) @ B", {{"N", 2000}}, ""},
    {"param A: f32[M, K]; input B: f32[K, N]; C = A @ B", {}, ""},
    {"input A: f32[K]; param B: f32[K, N]; C = A @ B", {}, ""},
    {"input A: f32[M, K]; param B: f32[K, K]; C[i, k] = sum[j](A[i, j] * B[k, k] * B[j, 0])",
     {},
     ""},
};

INSTANTIATE_TEST_SUITE_P(Schedulers, PackedParams, ::testing::ValuesIn(pack_cases));

/// The loop over panels is outside that over rows where the param is larger than L2, and there are
/// panels enough.
TEST(PackedParams, AreReadOnceWhereTheyAreLarge) {
  const auto reordered = [](const char* text, const Sizes& sizes) {
    const ir::Schedule schedule = lowered_text(text, sizes).schedule;
    const std::string printed = ir::print(schedule);
    const auto at = printed.find("reorder(");
    return printed.substr(at, printed.find(')', at) - at + 1);
  };
  const char* text = "input A: f32[M, K]; param B: f32[K, N]; C = A @ B";
  EXPECT_EQ(reordered(text, {}), "reorder(i0.o, i1.o, k0, i0.i, i1.i)");
  EXPECT_EQ(reordered(text, {{"K", 200}, {"N", 300}}), "reorder(i0.o, i1.o, k0, i0.i, i1.i)");
  EXPECT_EQ(reordered(text, {{"K", 99999}, {"N", 240}}), "reorder(i0.o, i1.o, k0, i0.i, i1.i)");
  EXPECT_EQ(reordered(text, {{"K", 99999}, {"N", 256}}), "reorder(i1.o, i0.o, k0, i0.i, i1.i)");
  EXPECT_EQ(reordered("input A: f32[M, K]; param B: f32[K, N]; C = relu(A @ B)",
                      {{"K", 99999}, {"N", 256}}),
            "reorder(i1.o, i0.o, i0.i, i1.i)");
  // Outside the batch, too, that does not change it.
  EXPECT_EQ(
      reordered("input A: f32[H, M, K]; param B: f32[K, N]; C = A @ B", {{"K", 99999}, {"N", 256}}),
      "reorder(i2.o, i0, i1.o, k0, i1.i, i2.i)");
  EXPECT_EQ(reordered("input A: f32[H, M, K]; param B: f32[H, K, N]; C = A @ B",
                      {{"H", 9}, {"K", 99999}, {"N", 256}}),
            "reorder(i0, i2.o, i1.o, k0, i1.i, i2.i)");
}

/// A block of the user's that names the param has it as it is.
TEST(PackedParams, AreLeftToTheSchedulesThatAreGiven) {
  const std::string text = "input A: f32[M, K]; param B: f32[K, N]; C = A @ B; D = C + 1.0; E = C";
  const Lowered own = lowered_text(text, {}, "cpu:x86-64-v3", "schedule C { pack(B, [i1, i0]) }");
  EXPECT_EQ(packs_in(own.schedule), "C: pack(B, [i1, i0])");
  EXPECT_EQ(packs_in(lowered_text(text).schedule), "C: pack(B, [i1 // 16, i0, i1 % 16])");
}

/// Numbers between 0 and 1 that do not repeat.
Tensor filled(DType dtype, std::int64_t rows, std::int64_t columns) {
  const Tensor values = Tensor::empty(DType::f32, {rows, columns});
  float next = 0.37F;
  for (float& value : values.values<float>())
    value = next = next * 3.7F * (1.0F - next);
  const auto convert =
      compile("input x: f32[M, N]; y = " + std::string(name_of(dtype)) + "(x) * 1.0");
  return convert.run({&values, 1}).front();
}

/// A program with a param B, and the same with an input in its place, which nothing packs.
struct Twins {
  explicit Twins(const std::string& inputs, const std::string& rest)
      : of_param(compile(inputs + "; param B: " + rest)),
        of_input(compile(inputs + "; input B: " + rest)) {}

  void expect_same_bits(const std::vector<Tensor>& operands) const {
    const Tensor expected = of_input.run(operands).front();
    EXPECT_TRUE(same_bits(of_param.run(operands).front(), expected));
    Session session(of_param);
    session.set_param("B", operands[1]);
    for (int run = 0; run < 2; ++run)
      EXPECT_TRUE(same_bits(session.run({operands.data(), 1}).front(), expected));
  }

  Program of_param, of_input;
};

class PackedBits : public ::testing::TestWithParam<DType> {};

TEST_P(PackedBits, AreThoseOfTheSameProgramOfInputs) {
  const DType dtype = GetParam();
  const std::string type(name_of(dtype));
  const Twins product("input A: " + type + "[M, K]", type + "[K, N]; C = A @ B");
  const Twins transposed("input A: " + type + "[M, K]", type + "[N, K]; C = relu(A @ B.T)");
  const auto bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
  const std::int64_t tile = 2 * ir::host_target().lanes(bytes);
  for (const std::int64_t n :
       {std::int64_t{0}, std::int64_t{1}, tile - 1, tile, tile + 1, 3 * tile + 5}) {
    for (const std::int64_t k : {0, 1, 67}) {
      for (const std::int64_t m : {1, 17}) {
        SCOPED_TRACE(type + " " + std::to_string(m) + " " + std::to_string(k) + " " +
                     std::to_string(n));
        product.expect_same_bits({filled(dtype, m, k), filled(dtype, k, n)});
        transposed.expect_same_bits({filled(dtype, m, k), filled(dtype, n, k)});
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Schedulers, PackedBits,
                         ::testing::Values(DType::f32, DType::f64, DType::f16, DType::bf16));

/// A session packs once; a run without one each time.
TEST(PackedParams, ArePackedOncePerSession) {
  const Program program = compile("input A: f32[M, K]; param B: f32[K, N]; C = A @ B");
  const auto& variant = program.state().declared()->image().variants.back();
  ASSERT_EQ(variant.kernels, (std::vector<std::string>{"B.packed", "C"}));
  EXPECT_EQ(variant.resident.kernels, std::vector<std::uint32_t>{0});
}

}  // namespace
}  // namespace tcc::tests
