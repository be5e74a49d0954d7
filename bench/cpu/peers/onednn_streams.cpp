// What waits for memory: softmax, layer norm, sums of rows and columns, the transpose.
#include "bench/cpu/peers/onednn.h"

namespace bench {

namespace {

constexpr auto inference = dnnl::prop_kind::forward_inference;

Step softmax(const OneDnn& onednn, const dnnl::memory& x, const dnnl::memory& y) {
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::softmax_forward::primitive_desc described(
      onednn.engine, inference, dnnl::algorithm::softmax_accurate, x.get_desc(), y.get_desc(), 1);
#else
  const dnnl::softmax_forward::primitive_desc described(
      dnnl::softmax_forward::desc(inference, x.get_desc(), 1), onednn.engine);
#endif
  return {dnnl::softmax_forward(described), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}}};
}

Step layer_norm(const OneDnn& onednn, const dnnl::memory& x, const dnnl::memory& y,
                const Data& data) {
  const auto flags = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::layer_normalization_forward::primitive_desc described(
      onednn.engine, inference, x.get_desc(), y.get_desc(), 1e-5F, flags);
#else
  const dnnl::layer_normalization_forward::primitive_desc described(
      dnnl::layer_normalization_forward::desc(inference, x.get_desc(), 1e-5F, flags),
      onednn.engine);
#endif
  const Description line = OneDnn::plain({x.get_desc().dims()[1]});
  return {dnnl::layer_normalization_forward(described),
          {{DNNL_ARG_SRC, x},
           {DNNL_ARG_DST, y},
           {DNNL_ARG_SCALE, onednn.memory(line, data.operands[1])},
           {DNNL_ARG_SHIFT, onednn.memory(line, data.operands[2])}}};
}

Step sum(const OneDnn& onednn, const dnnl::memory& x, const dnnl::memory& y) {
  const auto algorithm = dnnl::algorithm::reduction_sum;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::reduction::primitive_desc described(onednn.engine, algorithm, x.get_desc(),
                                                  y.get_desc(), 0, 0);
#else
  const dnnl::reduction::primitive_desc described(
      dnnl::reduction::desc(algorithm, x.get_desc(), y.get_desc(), 0, 0), onednn.engine);
#endif
  return {dnnl::reduction(described), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}}};
}

}  // namespace

std::vector<Contender> onednn_streams(const OneDnn& onednn, const Work& work, const Data& data) {
  const std::int64_t rows = work.operands[0].shape[0], columns = work.operands[0].shape[1];
  const dnnl::memory x = onednn.memory(OneDnn::plain({rows, columns}), data.operands[0]);
  const auto out = [&](const Description& description) {
    return onednn.memory(description, data.result);
  };
  Step step;
  switch (work.kind) {
    case Kind::softmax: step = softmax(onednn, x, out(x.get_desc())); break;
    case Kind::layer_norm: step = layer_norm(onednn, x, out(x.get_desc()), data); break;
    case Kind::row_sum: step = sum(onednn, x, out(OneDnn::plain({rows, 1}))); break;
    case Kind::column_sum: step = sum(onednn, x, out(OneDnn::plain({1, columns}))); break;
    case Kind::transpose: {
      const Description columns_first({rows, columns}, dnnl::memory::data_type::f32, {1, rows});
      const dnnl::memory y = out(columns_first);
      step = {dnnl::reorder(x, y), {{DNNL_ARG_FROM, x}, {DNNL_ARG_TO, y}}};
      break;
    }
    default: return {};
  }
  return {onednn.contender("oneDNN", {step})};
}

}  // namespace bench
