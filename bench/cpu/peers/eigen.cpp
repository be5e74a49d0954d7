// Eigen, compiled for this machine. Its products use OpenMP by themselves; for the rest the rows or
// elements are split evenly over the threads, which is what a user of Eigen would write.
#include <omp.h>

#include <Eigen/Dense>

#include <cmath>
#include <limits>

#include "bench/cpu/peer.h"

namespace bench {

namespace {

using Index = Eigen::Index;
template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T> using Matrices = Eigen::Map<Matrix<T>>;
template <typename T> using Inputs = Eigen::Map<const Matrix<T>>;
using Rows = Eigen::Map<const Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Results = Eigen::Map<Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Line = Eigen::Map<const Eigen::Array<float, 1, Eigen::Dynamic>>;
using ResultLine = Eigen::Map<Eigen::Array<float, 1, Eigen::Dynamic>>;

/// Pieces of 0 .. count whose ends are multiples of 64, one a thread.
template <typename Piece> void split(Index count, int threads, const Piece& piece) {
  if (threads == 1) return piece(Index{0}, count);
#pragma omp parallel num_threads(threads)
  {
    const Index part = omp_get_thread_num(), parts = omp_get_num_threads();
    const auto end_of = [&](Index p) { return p == parts ? count : count * p / parts / 64 * 64; };
    piece(end_of(part), end_of(part + 1));
  }
}

template <typename T> void product(const Inputs<T>& a, const Inputs<T>& b, Matrices<T>& c) {
  if (a.rows() == 1)
    c.row(0).noalias() = a.row(0) * b;
  else
    c.noalias() = a * b;
}

void softmax(const Rows& x, Results& y, Index first, Index end) {
  for (Index r = first; r < end; ++r) {
    y.row(r) = (x.row(r) - x.row(r).maxCoeff()).exp();
    y.row(r) *= 1 / y.row(r).sum();
  }
}

void layer_norm(const Rows& x, const Line& weight, const Line& bias, Results& y, Index first,
                Index end) {
  for (Index r = first; r < end; ++r) {
    const float mean = x.row(r).mean();
    const float variance = (x.row(r) - mean).square().mean();
    y.row(r) = (x.row(r) - mean) * (1 / std::sqrt(variance + 1e-5F)) * weight + bias;
  }
}

/// Row after row into the line of sums: faster than colwise().sum().
void column_sum(const Rows& x, ResultLine& y, Index first, Index end) {
  auto sums = y.segment(first, end - first);
  sums.setZero();
  for (Index r = 0; r < x.rows(); ++r)
    sums += x.row(r).segment(first, end - first);
}

class EigenPeer : public Peer {
 public:
  explicit EigenPeer(const Setting& setting) : setting_(setting) {
    omp_get_max_threads();  // OpenMP counts the cores now, before this thread is pinned to one
    Eigen::setNbThreads(setting.threads);
  }

  std::string name() const override { return "Eigen"; }

  std::string settings() const override {
    return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
           std::to_string(EIGEN_MINOR_VERSION) + ", " + Eigen::SimdInstructionSetsInUse();
  }

  std::vector<Contender> prepare(const Work& work, const Data& data) override;

 private:
  template <typename T> Contender matmul(const Work& work, const Data& data) const;
  Contender relu_matmul(const Work& work, const Data& data) const;
  Contender tanh_chain(const Work& work, const Data& data) const;
  Contender sum(const Work& work, const Data& data) const;
  Contender max(const Work& work, const Data& data) const;
  Contender by_rows(const Work& work, const Data& data) const;
  Contender transpose(const Work& work, const Data& data) const;

  template <typename Call> Contender timed(Call call) const {
    return contender(name(), setting_.clock, std::move(call));
  }

  Setting setting_;
};

template <typename T> Contender EigenPeer::matmul(const Work& work, const Data& data) const {
  const auto &a = work.operands[0].shape, &b = work.operands[1].shape;
  return timed(
      [left = Inputs<T>(data.operand<T>(0), a[0], a[1]),
       right = Inputs<T>(data.operand<T>(1), b[0], b[1]),
       out = Matrices<T>(data.output<T>(), a[0], b[1])]() mutable { product(left, right, out); });
}

Contender EigenPeer::relu_matmul(const Work& work, const Data& data) const {
  const auto &a = work.operands[0].shape, &b = work.operands[1].shape;
  return timed([left = Inputs<float>(data.operand<float>(0), a[0], a[1]),
                right = Inputs<float>(data.operand<float>(1), b[0], b[1]),
                bias = Line(data.operand<float>(2), b[1]), threads = setting_.threads,
                out = Matrices<float>(data.output<float>(), a[0], b[1])]() mutable {
    product(left, right, out);
    split(out.rows(), threads, [&](Index first, Index end) {
      for (Index r = first; r < end; ++r)
        out.row(r).array() = (out.row(r).array() + bias).max(0.0F);
    });
  });
}

Contender EigenPeer::tanh_chain(const Work& work, const Data& data) const {
  const Index count = work.result.count();
  return timed([x = Line(data.operand<float>(0), count), c = Line(data.operand<float>(1), count),
                y = ResultLine(data.output<float>(), count), threads = setting_.threads]() mutable {
    split(y.size(), threads, [&](Index first, Index end) {
      const Index n = end - first;
      y.segment(first, n) = 1.7F * x.segment(first, n) + 0.3F * c.segment(first, n).tanh();
    });
  });
}

Contender EigenPeer::sum(const Work& work, const Data& data) const {
  return timed([x = Line(data.operand<float>(0), work.operands[0].count()),
                out = data.output<float>(), threads = setting_.threads] {
    float total = 0;
    split(x.size(), threads, [&](Index first, Index end) {
      const float part = x.segment(first, end - first).sum();
#pragma omp atomic
      total += part;
    });
    *out = total;
  });
}

Contender EigenPeer::max(const Work& work, const Data& data) const {
  return timed([x = Line(data.operand<float>(0), work.operands[0].count()),
                out = data.output<float>(), threads = setting_.threads] {
    float largest = -std::numeric_limits<float>::infinity();
    split(x.size(), threads, [&](Index first, Index end) {
      const float part = x.segment(first, end - first).maxCoeff();
#pragma omp critical
      largest = std::max(largest, part);
    });
    *out = largest;
  });
}

/// Softmax, layer norm, and sums of rows and columns.
Contender EigenPeer::by_rows(const Work& work, const Data& data) const {
  const Index rows = work.operands[0].shape[0], columns = work.operands[0].shape[1];
  const bool is_norm = work.kind == Kind::layer_norm;
  const Line weight(is_norm ? data.operand<float>(1) : nullptr, is_norm ? columns : 0);
  const Line bias(is_norm ? data.operand<float>(2) : nullptr, is_norm ? columns : 0);
  return timed([=, kind = work.kind, threads = setting_.threads, out = data.output<float>(),
                x = Rows(data.operand<float>(0), rows, columns)] {
    Results y(out, rows, columns);
    ResultLine line(out, kind == Kind::row_sum ? rows : columns);
    split(kind == Kind::column_sum ? columns : rows, threads, [&](Index first, Index end) {
      switch (kind) {
        case Kind::softmax: return softmax(x, y, first, end);
        case Kind::layer_norm: return layer_norm(x, weight, bias, y, first, end);
        case Kind::column_sum: return column_sum(x, line, first, end);
        default:
          line.segment(first, end - first) =
              x.middleRows(first, end - first).rowwise().sum().transpose();
      }
    });
  });
}

Contender EigenPeer::transpose(const Work& work, const Data& data) const {
  const Index rows = work.operands[0].shape[0], columns = work.operands[0].shape[1];
  return timed([x = Inputs<float>(data.operand<float>(0), rows, columns),
                y = Matrices<float>(data.output<float>(), columns, rows),
                threads = setting_.threads]() mutable {
    split(x.rows(), threads, [&](Index first, Index end) {
      y.middleCols(first, end - first) = x.middleRows(first, end - first).transpose();
    });
  });
}

std::vector<Contender> EigenPeer::prepare(const Work& work, const Data& data) {
  const tcc::DType dtype = work.operands.front().dtype;
  if (dtype == tcc::DType::f16 || dtype == tcc::DType::bf16) return {};
  if (work.has_params()) return {};  // it cannot pack before
  switch (work.kind) {
    case Kind::matmul:
      return {dtype == tcc::DType::f32 ? matmul<float>(work, data) : matmul<double>(work, data)};
    case Kind::relu_matmul: return {relu_matmul(work, data)};
    case Kind::tanh_chain: return {tanh_chain(work, data)};
    case Kind::sum: return {sum(work, data)};
    case Kind::max: return {max(work, data)};
    case Kind::softmax:
    case Kind::layer_norm:
    case Kind::row_sum:
    case Kind::column_sum: return {by_rows(work, data)};
    case Kind::transpose: return {transpose(work, data)};
    default: return {};
  }
}

}  // namespace

}  // namespace bench

extern "C" __attribute__((visibility("default"))) bench::Peer* bench_open_peer(
    const bench::Setting& setting) {
  return new bench::EigenPeer(setting);
}
