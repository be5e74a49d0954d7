#include "bench/cpu/peers/blas.h"

#include <algorithm>

namespace bench {

namespace {

void add_bias_and_relu(float* values, const float* bias, int m, int n) {
  for (int i = 0; i < m; ++i) {
    float* row = values + static_cast<std::ptrdiff_t>(i) * n;
    for (int j = 0; j < n; ++j)
      row[j] = std::max(row[j] + bias[j], 0.0F);
  }
}

}  // namespace

Blas::Blas(const SharedObject& library, const Setting& setting)
    : setting_(setting),
      sgemm_(library.get<Gemm<float>>("sgemm_")),
      dgemm_(library.get<Gemm<double>>("dgemm_")),
      sgemv_(library.get<Gemv<float>>("sgemv_")),
      dgemv_(library.get<Gemv<double>>("dgemv_")) {}

template <typename T>
std::vector<Contender> Blas::products(const std::string& name, const Work& work, const Data& data,
                                      Gemm<T>* gemm, Gemv<T>* gemv) const {
  const auto m = static_cast<int>(work.operands[0].shape[0]);
  const auto k = static_cast<int>(work.operands[0].shape[1]);
  const auto n = static_cast<int>(work.operands[1].shape[1]);
  const T* a = data.operand<T>(0);
  const T* b = data.operand<T>(1);
  T* c = data.output<T>();
  static constexpr T one = 1, zero = 0;
  static constexpr int step = 1;
  const auto product = [=] { gemm("N", "N", &n, &m, &k, &one, b, &n, a, &k, &zero, c, &n); };
  std::vector<Contender> made;
  if (work.kind == Kind::matmul) made.push_back(contender(name, setting_.clock, product));
  if (work.kind == Kind::matmul && m == 1) {
    made.push_back(contender(name + ", gemv", setting_.clock,
                             [=] { gemv("N", &n, &k, &one, b, &n, a, &step, &zero, c, &step); }));
  }
  if constexpr (std::is_same_v<T, float>) {
    if (work.kind == Kind::relu_matmul) {
      const float* bias = data.operand<float>(2);
      made.push_back(contender(name + " and a loop", setting_.clock, [=] {
        product();
        add_bias_and_relu(c, bias, m, n);
      }));
    }
  }
  return made;
}

std::vector<Contender> Blas::prepare(const std::string& name, const Work& work,
                                     const Data& data) const {
  if (work.kind != Kind::matmul && work.kind != Kind::relu_matmul) return {};
  if (work.has_params()) return {};  // it cannot pack before
  if (work.operands.front().dtype == tcc::DType::f32)
    return products<float>(name, work, data, sgemm_, sgemv_);
  if (work.operands.front().dtype == tcc::DType::f64)
    return products<double>(name, work, data, dgemm_, dgemv_);
  return {};
}

}  // namespace bench
