// oneDNN: what its contenders share. Builds with versions 2 and 3.
#pragma once

#include <dnnl.hpp>

#include <memory>
#include <unordered_map>

#include "bench/cpu/peer.h"

namespace bench {

using Description = dnnl::memory::desc;
using Arguments = std::unordered_map<int, dnnl::memory>;

/// A function of oneDNN with what it is called with.
struct Step {
  dnnl::primitive primitive;
  Arguments arguments;
};

struct OneDnn {
  Setting setting;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};

  dnnl::memory memory(const Description& description, void* data) const {
    return {description, engine, data};
  }

  /// In the plain order of dimensions.
  static Description plain(const dnnl::memory::dims& extents, tcc::DType dtype = tcc::DType::f32);

  /// Does the steps in order.
  Contender contender(std::string name, std::vector<Step> steps) const;

  void execute(const std::vector<Step>& steps) const;
};

/// What a product does besides multiplying.
enum class Epilogue : std::uint8_t { none, bias_and_relu };

/// c = a b, or relu(a b + bias). With `weights` of format `any`, oneDNN says what it likes best.
dnnl::matmul::primitive_desc describe_matmul(const OneDnn& onednn, const Description& a,
                                             const Description& b, const Description& c,
                                             Epilogue epilogue);

/// `plain` in the layout of `wanted`, copied where it is another. Not to be timed.
dnnl::memory pack(const OneDnn& onednn, const dnnl::memory& plain, const Description& wanted);

std::vector<Contender> onednn_products(const OneDnn& onednn, const Work& work, const Data& data);
std::vector<Contender> onednn_perceptron(const OneDnn& onednn, const Work& work, const Data& data);
std::vector<Contender> onednn_attention(const OneDnn& onednn, const Work& work, const Data& data);
std::vector<Contender> onednn_streams(const OneDnn& onednn, const Work& work, const Data& data);

}  // namespace bench
