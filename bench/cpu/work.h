// What is compared: a piece of work, its program, its tensors, what it costs at least, and the
// goal. The table is in rows.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tcc/dtype.h>

namespace bench {

/// What a peer looks at to choose its functions.
enum class Kind : std::uint8_t {
  matmul,       ///< A @ B
  relu_matmul,  ///< relu(A @ B + bias)
  tanh_chain,   ///< 1.7 x + 0.3 tanh(c)
  sum,
  max,
  softmax,
  layer_norm,  ///< over rows, with weight and bias, eps = 1e-5
  row_sum,
  column_sum,
  transpose,
  perceptron,  ///< x = relu(x @ W[n] + b[n]), layer after layer; operands x, W0, b0, W1, b1, ..
  attention,   ///< softmax(q k^T / sqrt(d)) v, heads x T x d
};

/// What bounds the work on any machine.
enum class Limit : std::uint8_t { arithmetic, reading, copying };

enum class Role : std::uint8_t {
  input,
  param,  ///< the same in every run: may be brought into another layout before
};

struct Operand {
  std::string name;
  tcc::DType dtype = tcc::DType::f32;
  std::vector<std::int64_t> shape;
  Role role = Role::input;
  double low = -1, high = 1;  ///< its random numbers are in [low, high)

  std::int64_t count() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : shape)
      product *= extent;
    return product;
  }
};

struct Work {
  Kind kind = Kind::matmul;
  std::string name;     ///< as in the tables: "matmul 512 x 256 x 512"
  std::string program;  ///< in the language of tcc, with sizes as numbers
  std::vector<Operand> operands;
  Operand result;
  double flops = 0;  ///< of one run; 0 where memory is the limit
  double bytes = 0;  ///< read and written at least
  Limit limit = Limit::arithmetic;
  double goal = 1;          ///< time of the best peer over ours
  double tolerance = 1e-4;  ///< of results that differ, as a share of their size (agreement.h)

  /// Whether something is the same in every run.
  bool has_params() const {
    for (const Operand& operand : operands)
      if (operand.role == Role::param) return true;
    return false;
  }
};

/// Every row of the comparison.
std::vector<Work> all_works();

}  // namespace bench
