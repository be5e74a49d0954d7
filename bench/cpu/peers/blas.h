// Products by the Fortran interface that OpenBLAS and BLIS share.
#pragma once

#include "bench/cpu/peer.h"
#include "bench/cpu/shared_object.h"

namespace bench {

/// C = A B of row-major matrices, which is C^T = B^T A^T of the column-major ones of BLAS.
class Blas {
 public:
  Blas(const SharedObject& library, const Setting& setting);

  /// For matmul in f32 and f64 with nothing packed before; a row times a matrix by `gemv` as well;
  /// relu(A @ B + bias) with a loop of ours for what BLAS has no function for.
  std::vector<Contender> prepare(const std::string& name, const Work& work, const Data& data) const;

 private:
  template <typename T>
  using Gemm = void(const char*, const char*, const int*, const int*, const int*, const T*,
                    const T*, const int*, const T*, const int*, const T*, T*, const int*);
  template <typename T>
  using Gemv = void(const char*, const int*, const int*, const T*, const T*, const int*, const T*,
                    const int*, const T*, T*, const int*);

  template <typename T>
  std::vector<Contender> products(const std::string& name, const Work& work, const Data& data,
                                  Gemm<T>* gemm, Gemv<T>* gemv) const;

  Setting setting_;
  Gemm<float>* sgemm_;
  Gemm<double>* dgemm_;
  Gemv<float>* sgemv_;
  Gemv<double>* dgemv_;
};

}  // namespace bench
