// Products, alone and layer after layer, with weights packed before where they are params.
#include <array>

#include "bench/cpu/peers/onednn.h"

namespace bench {

dnnl::matmul::primitive_desc describe_matmul(const OneDnn& onednn, const Description& a,
                                             const Description& b, const Description& c,
                                             Epilogue epilogue) {
  dnnl::primitive_attr attributes;
  if (epilogue == Epilogue::none) {
#if DNNL_VERSION_MAJOR >= 3
    return {onednn.engine, a, b, c, attributes};
#else
    return {dnnl::matmul::desc(a, b, c), attributes, onednn.engine};
#endif
  }
  const Description bias = OneDnn::plain({1, c.dims().back()});
  dnnl::post_ops steps;
#if DNNL_VERSION_MAJOR >= 3
  steps.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
  attributes.set_post_ops(steps);
  return {onednn.engine, a, b, bias, c, attributes};
#else
  steps.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
  attributes.set_post_ops(steps);
  return {dnnl::matmul::desc(a, b, bias, c), attributes, onednn.engine};
#endif
}

namespace {

using Dims = dnnl::memory::dims;

/// The layout that oneDNN chooses, for weights that may be packed.
Description weights_of(const Dims& extents, tcc::DType dtype, Role role) {
  const Description plain = OneDnn::plain(extents, dtype);
  if (role == Role::input) return plain;
  return {extents, plain.data_type(), dnnl::memory::format_tag::any};
}

struct Layer {
  void *input, *weights, *bias, *output;
};

Step product(const OneDnn& onednn, const Work& work, const Operand& a, const Operand& b,
             const Layer& layer) {
  const tcc::DType dtype = a.dtype;
  const Description left = OneDnn::plain(a.shape, dtype), right = OneDnn::plain(b.shape, dtype);
  const Description out = OneDnn::plain({a.shape[0], b.shape[1]}, work.result.dtype);
  const auto described =
      describe_matmul(onednn, left, weights_of(b.shape, dtype, b.role), out,
                      layer.bias != nullptr ? Epilogue::bias_and_relu : Epilogue::none);
  Step step{dnnl::matmul(described), {}};
  step.arguments = {
      {DNNL_ARG_SRC, onednn.memory(left, layer.input)},
      {DNNL_ARG_WEIGHTS,
       pack(onednn, onednn.memory(right, layer.weights), described.weights_desc())},
      {DNNL_ARG_DST, onednn.memory(out, layer.output)},
  };
  if (layer.bias != nullptr) {
    step.arguments[DNNL_ARG_BIAS] = onednn.memory(OneDnn::plain({1, b.shape[1]}), layer.bias);
  }
  return step;
}

template <typename To, typename From> void convert(const From* from, To* to, std::int64_t count) {
  for (std::int64_t n = 0; n < count; ++n)
    to[n] = static_cast<To>(from[n]);
}

/// oneDNN 2 has no product of f16 on CPUs, and its conversions of them take ten times as long as
/// the product: loops, which are vector code for this machine, and a product of f32.
Contender product_of_f16(const OneDnn& onednn, const Work& work, const Data& data) {
  Work wide = work;
  for (Operand* operand : {&wide.operands[0], &wide.operands[1], &wide.result})
    operand->dtype = tcc::DType::f32;
  const Operand &a = wide.operands[0], &b = wide.operands[1];
  const auto memory =
      std::make_shared<std::vector<float>>(a.count() + b.count() + wide.result.count());
  float* wide_a = memory->data();
  float* wide_b = wide_a + a.count();
  float* wide_c = wide_b + b.count();
  using Half = _Float16;
  convert(data.operand<Half>(1), wide_b, b.count());
  const std::vector<Step> steps = {product(onednn, wide, a, b, {wide_a, wide_b, nullptr, wide_c})};
  const bool is_packed = b.role == Role::param;
  return contender(is_packed ? "oneDNN in f32, prepacked, and loops" : "oneDNN in f32, and loops",
                   onednn.setting.clock,
                   [=, counts = std::array{a.count(), b.count(), wide.result.count()}] {
                     convert(data.operand<Half>(0), wide_a, counts[0]);
                     if (!is_packed) convert(data.operand<Half>(1), wide_b, counts[1]);
                     onednn.execute(steps);
                     convert(wide_c, data.output<Half>(), counts[2]);
                     (void)memory;  // lives as long as the contender
                   });
}

}  // namespace

std::vector<Contender> onednn_products(const OneDnn& onednn, const Work& work, const Data& data) {
  const Operand &a = work.operands[0], &b = work.operands[1];
  if (a.dtype == tcc::DType::f64) return {};
  const std::string name = b.role == Role::param ? "oneDNN, prepacked" : "oneDNN";
  void* bias = work.kind == Kind::relu_matmul ? data.operands[2] : nullptr;
  try {
    return {onednn.contender(
        name,
        {product(onednn, work, a, b, {data.operands[0], data.operands[1], bias, data.result})})};
  } catch (const dnnl::error&) {
    if (a.dtype != tcc::DType::f16) throw;
    return {product_of_f16(onednn, work, data)};
  }
}

std::vector<Contender> onednn_perceptron(const OneDnn& onednn, const Work& work, const Data& data) {
  const dnnl::memory between[2] = {{OneDnn::plain(work.result.shape), onednn.engine},
                                   {OneDnn::plain(work.result.shape), onednn.engine}};
  std::vector<Step> steps;
  void* input = data.operands[0];
  for (std::size_t n = 1; n + 1 < work.operands.size(); n += 2) {
    void* output =
        n + 2 == work.operands.size() ? data.result : between[n / 2 % 2].get_data_handle();
    steps.push_back(product(onednn, work, work.operands[0], work.operands[n],
                            {input, data.operands[n], data.operands[n + 1], output}));
    input = output;
  }
  Contender made = onednn.contender("oneDNN, prepacked", std::move(steps));
  made.fetch = [first = between[0], second = between[1]] {};  // kept as long as the contender
  return {made};
}

}  // namespace bench
