// Attention as a composition of products and softmax. Which is best depends on the caches: all
// heads at once, head by head, or some rows of a head, whose scores then stay in the second cache.
#include <fmt/format.h>

#include <cmath>

#include "bench/cpu/peers/onednn.h"

namespace bench {

namespace {

using Dims = dnnl::memory::dims;

struct Extents {
  std::int64_t heads, length, depth;
};

/// q k^T / sqrt(d): the scale is part of the product.
dnnl::matmul::primitive_desc describe_scores(const OneDnn& onednn, const Description& q,
                                             const Description& k, const Description& scores,
                                             float scale) {
  dnnl::primitive_attr attributes;
#if DNNL_VERSION_MAJOR >= 3
  dnnl::post_ops steps;
  steps.append_eltwise(dnnl::algorithm::eltwise_linear, scale, 0);
  attributes.set_post_ops(steps);
  return {onednn.engine, q, k, scores, attributes};
#else
  attributes.set_output_scales(0, {scale});
  return {dnnl::matmul::desc(q, k, scores), attributes, onednn.engine};
#endif
}

dnnl::softmax_forward softmax(const OneDnn& onednn, const Description& scores) {
  const auto inference = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::softmax_forward::primitive_desc(
      onednn.engine, inference, dnnl::algorithm::softmax_accurate, scores, scores, 2);
#else
  return dnnl::softmax_forward::primitive_desc(dnnl::softmax_forward::desc(inference, scores, 2),
                                               onednn.engine);
#endif
}

/// `heads` of them at once, `rows` of the queries at once.
std::vector<Step> steps_of(const OneDnn& onednn, const Extents& all, std::int64_t heads,
                           std::int64_t rows, const Data& data) {
  const auto [_, length, depth] = all;
  const auto whole = length * depth;
  const Description q(Dims{heads, rows, depth}, dnnl::memory::data_type::f32,
                      Dims{whole, depth, 1});
  const Description k_transposed(Dims{heads, depth, length}, dnnl::memory::data_type::f32,
                                 Dims{whole, 1, depth});
  const Description v = OneDnn::plain({heads, length, depth});
  const Description scores = OneDnn::plain({heads, rows, length});
  const float scale = 1 / std::sqrt(static_cast<float>(depth));
  const dnnl::matmul first(describe_scores(onednn, q, k_transposed, scores, scale));
  const dnnl::softmax_forward second = softmax(onednn, scores);
  const dnnl::matmul third(describe_matmul(onednn, scores, v, q, Epilogue::none));
  const dnnl::memory between(scores, onednn.engine);
  std::vector<Step> steps;
  for (std::int64_t head = 0; head < all.heads; head += heads) {
    for (std::int64_t row = 0; row < length; row += rows) {
      const auto at = [&](void* tensor, std::int64_t r) {
        return static_cast<float*>(tensor) + head * whole + r * depth;
      };
      steps.push_back({first,
                       {{DNNL_ARG_SRC, onednn.memory(q, at(data.operands[0], row))},
                        {DNNL_ARG_WEIGHTS, onednn.memory(k_transposed, at(data.operands[1], 0))},
                        {DNNL_ARG_DST, between}}});
      steps.push_back({second, {{DNNL_ARG_SRC, between}, {DNNL_ARG_DST, between}}});
      steps.push_back({third,
                       {{DNNL_ARG_SRC, between},
                        {DNNL_ARG_WEIGHTS, onednn.memory(v, at(data.operands[2], 0))},
                        {DNNL_ARG_DST, onednn.memory(q, at(data.result, row))}}});
    }
  }
  return steps;
}

}  // namespace

std::vector<Contender> onednn_attention(const OneDnn& onednn, const Work& work, const Data& data) {
  const auto& shape = work.operands[0].shape;
  const Extents all{shape[0], shape[1], shape[2]};
  std::vector<Contender> made = {
      onednn.contender("oneDNN, all heads", steps_of(onednn, all, all.heads, all.length, data)),
      onednn.contender("oneDNN, head by head", steps_of(onednn, all, 1, all.length, data)),
  };
  for (const std::int64_t rows : {256, 128}) {
    made.push_back(onednn.contender(fmt::format("oneDNN, {} rows", rows),
                                    steps_of(onednn, all, 1, rows, data)));
  }
  return made;
}

}  // namespace bench
