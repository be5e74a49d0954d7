// Compiles a kernel from text inside a C++ program, runs it on the program's own arrays, checks the
// result, and shows what a mistake in the text looks like.
#include <tcc/tcc.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace {

/// C[i, j] = relu(A @ B + bias)[i, j], the plain way. A is rows x inner, B is inner x columns.
std::vector<float> expected(const std::vector<float>& a, const std::vector<float>& b,
                            const std::vector<float>& bias) {
  const std::size_t columns = bias.size();
  const std::size_t inner = b.size() / columns;
  std::vector<float> c(a.size() / inner * columns);
  for (std::size_t at = 0; at < c.size(); ++at) {
    const std::size_t i = at / columns;
    const std::size_t j = at % columns;
    float sum = bias[j];
    for (std::size_t k = 0; k < inner; ++k)
      sum += a[i * inner + k] * b[k * columns + j];
    c[at] = std::max(sum, 0.0F);
  }
  return c;
}

bool kernel_is_right() {
  std::vector<float> a = {1, -2, 3, -4, 5, -6};                    // 2 x 3
  std::vector<float> b = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // 3 x 4
  std::vector<float> bias = {-18.5F, 0, 0.5F, 40};

  const tcc::Program program = tcc::compile("C = relu(A @ B + bias)");
  const tcc::Tensor c = program(tcc::Tensor::view(a, {2, 3}), tcc::Tensor::view(b, {3, 4}),
                                tcc::Tensor::view(bias, {4}));

  const float* values = c.data<float>();
  const std::vector<float> wanted = expected(a, b, bias);
  bool right = c.element_count() == static_cast<std::int64_t>(wanted.size());
  for (std::size_t i = 0; right && i < wanted.size(); ++i) {
    std::printf(i % 4 == 3 ? "%g\n" : "%g ", static_cast<double>(values[i]));
    right = std::abs(values[i] - wanted[i]) <= 1e-4F;
  }
  return right;
}

/// Sizes that do not fit are an exception that carries its diagnostics.
bool mistake_is_reported() {
  try {
    tcc::compile("input A: f32[2, 3], B: f32[4, 5]\nC = A @ B");
  } catch (const tcc::Error& error) {
    std::printf("%s", error.what());
    return error.category() == tcc::ErrorCategory::program && error.diagnostics().size() == 1 &&
           error.diagnostics()[0].kind == "size-mismatch" && error.diagnostics()[0].line == 2;
  }
  return false;
}

}  // namespace

int main() {
  if (!kernel_is_right()) {
    std::printf("the kernel's result is wrong\n");
    return 1;
  }
  if (!mistake_is_reported()) {
    std::printf("the mistake was not reported as it should be\n");
    return 1;
  }
}
