// For tests: plain nests that several rewrites are tried on, as IR text.
#pragma once

#include <string_view>

namespace tcc::ir {

inline constexpr std::string_view scale = R"(size N
input A: f32[N]
output C: f32[N]

kernel C {
  for i in 0:N {
    C[i] = A[i] * 2.0
  }
}
)";

inline constexpr std::string_view matmul = R"(size M, K, N
input A: f32[M, K]
input B: f32[K, N]
output C: f32[M, N]

kernel C {
  for i in 0:M {
    for j in 0:N {
      C[i, j] = 0.0
      for k in 0:K {
        C[i, j] = C[i, j] + A[i, k] * B[k, j]
      }
    }
  }
}
)";

}  // namespace tcc::ir
