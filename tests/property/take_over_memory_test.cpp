// take_over_memory over random kernels: where it lets a result lie in an operand's memory, the
// interpreter, which shares it, finds no read of an element that is overwritten by then, and the
// same bits. Where it does not, some element often is.
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dsl/diagnostic.h"
#include "ir/interpreter.h"
#include "tests/support/parsed_program.h"
#include "tests/support/pass_text.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

/// Nests over y and a, both of [N, M], in a kernel that has run after `a` was filled.
class RandomKernel {
 public:
  explicit RandomKernel(std::uint64_t seed) : random_(seed) {}

  std::string text() {
    std::string body = "  allocate t: f32[N] in heap\n";
    for (std::size_t earlier = one_of({0, 0, 0, 1, 2}); earlier > 0; --earlier)
      body += nest(one_of({"read", "read", "store"}));
    body += nest("store");  // every element of y, in the end
    return fmt::format(R"(size N, M
input x: f32[N, M]
temporary a: f32[N, M]
output y: f32[N, M]
kernel a {{
  for i in 0:N {{
    for j in 0:M {{
      a[i, j] = x[i, j] + 1.0
    }}
  }}
}}
kernel y {{
{}}}
)",
                       body);
  }

 private:
  template <typename T> T one_of(std::initializer_list<T> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(random_() % values.size()));
  }

  /// Loops over i and j, or over parts of them, around a statement; each with the axis that it
  /// runs over.
  std::string nest(std::string_view kind) {
    std::string open, i = "i", j = "j";
    int depth = 1;
    const auto line = [&](const std::string& text) {
      open += std::string(static_cast<std::size_t>(2 * depth), ' ') + text + "\n";
    };
    const auto begin = [&](const std::string& head) {
      line(head + " {");
      ++depth;
    };
    const bool by_columns = one_of({false, true});
    const auto rows = [&] { begin("for i in 0:N of y"); };
    const auto columns = [&] {
      const int form = one_of({0, 0, 1, 2});
      if (form == 0) return begin("for j in 0:M of y");
      begin("for o in 0:(M + 3) // 4 of y");
      begin(form == 1 ? "for v in 0:4 of y" : "for v in 0:minimum(M, 4) of y");
      j = form == 1 ? "o * 4 + v" : "maximum(minimum(o * 4, M - 4), 0) + v";
      if (form == 1) begin(fmt::format("if {} < M", j));
    };
    if (by_columns) {
      columns();
      rows();
    } else {
      rows();
      columns();
    }
    if (kind == "read") {
      line("t[i] = 0.0");
      line(fmt::format("t[i] = t[i] + {}", load(i, j)));
    } else {
      std::string value = load(i, j);
      if (one_of({false, false, true})) value += " + " + load(i, j);
      line(fmt::format("y[{}] = {}", place(i, j), value));
    }
    while (--depth > 0)
      line("}");
    return open;
  }

  /// Each element once, as the loops run over all.
  std::string place(const std::string& i, const std::string& j) {
    switch (one_of({0, 0, 0, 0, 1, 2})) {
      case 1: return fmt::format("N - 1 - {}, {}", i, j);
      case 2: return fmt::format("{}, M - 1 - ({})", i, j);
      default: return fmt::format("{}, {}", i, j);
    }
  }

  std::string load(const std::string& i, const std::string& j) {
    switch (one_of({0, 0, 0, 0, 0, 1, 2, 3, 4, 5})) {
      case 1: return fmt::format("a[N - 1 - {}, {}]", i, j);
      case 2: return fmt::format("a[{}, M - 1 - ({})]", i, j);
      case 3: return fmt::format("(a[{0}, {1} + 1] if {1} + 1 < M)", i, j);
      case 4: return fmt::format("(a[{0} - 1, {1}] if {0} > 0)", i, j);
      case 5: return fmt::format("a[{}, 0]", i);
      default: return fmt::format("a[{}, {}]", i, j);
    }
  }

  std::mt19937_64 random_;
};

/// Whether the program runs where y lies in the memory of a.
bool may_share(LoopProgram program, const std::vector<std::int64_t>& extents) {
  program.buffers[2].in_place_of = BufferId{1};
  const tcc::Tensor x = tcc::Tensor::empty(DType::f32, {extents[0], extents[1]});
  const tcc::Tensor y = tcc::Tensor::empty(DType::f32, {extents[0], extents[1]});
  for (std::int64_t e = 0; e < x.element_count(); ++e)
    x.data<float>()[e] = static_cast<float>(e);
  try {
    interpret(program, std::vector<tcc::Tensor>{x, y}, extents);
    return true;
  } catch (const Error&) {
    return false;
  }
}

TEST(TakeOverMemoryProperty, NothingIsReadThatIsOverwritten) {
  const std::uint64_t count = std::getenv("TCC_NIGHTLY") ? 20'000 : 400;
  std::uint64_t shared = 0;
  std::uint64_t forbidden = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const std::string text = RandomKernel(seed).text();
    const LoopProgram plain = parsed_valid(text);
    const LoopProgram done = after_pass("take_over_memory", plain);
    const bool is_shared = done.buffers[2].in_place_of.has_value();
    bool is_legal = true;
    for (const auto& extents : {std::vector<std::int64_t>{3, 9}, {5, 4}, {2, 6}, {1, 1}, {4, 3}})
      is_legal = is_legal && may_share(plain, extents);
    EXPECT_TRUE(is_legal || !is_shared) << text;
    if (is_shared) expect_same_results(plain, done, {0, 1, 3, 6});
    shared += is_shared ? 1 : 0;
    forbidden += is_legal ? 0 : 1;
    if (testing::Test::HasFailure()) return;
  }
  std::printf("%d of %d share, %d must not\n", static_cast<int>(shared), static_cast<int>(count),
              static_cast<int>(forbidden));
  // Of those that may, the proof finds most; not those that only the order of a loop's iterations
  // lets through, which the lanes of a vector would not keep.
  EXPECT_GE(10 * shared, 7 * (count - forbidden));
  EXPECT_GE(4 * forbidden, count) << "too few that a wrong proof would break";
}

}  // namespace
}  // namespace tcc::ir
