#include "bench/cpu/peers/onednn.h"

#include <dlfcn.h>

#include <stdexcept>

namespace bench {

Description OneDnn::plain(const dnnl::memory::dims& extents, tcc::DType dtype) {
  using Type = dnnl::memory::data_type;
  const Type type = dtype == tcc::DType::f16    ? Type::f16
                    : dtype == tcc::DType::bf16 ? Type::bf16
                                                : Type::f32;
  dnnl::memory::dims strides(extents.size(), 1);
  for (std::size_t d = extents.size() - 1; d-- > 0;)
    strides[d] = strides[d + 1] * extents[d + 1];
  return {extents, type, strides};
}

void OneDnn::execute(const std::vector<Step>& steps) const {
  dnnl::stream queue = stream;  // another name for the same
  for (const Step& step : steps)
    step.primitive.execute(queue, step.arguments);
  queue.wait();
}

Contender OneDnn::contender(std::string name, std::vector<Step> steps) const {
  return bench::contender(std::move(name), setting.clock,
                          [onednn = *this, steps = std::move(steps)] { onednn.execute(steps); });
}

dnnl::memory pack(const OneDnn& onednn, const dnnl::memory& plain, const Description& wanted) {
  if (plain.get_desc() == wanted) return plain;
  dnnl::memory packed(wanted, onednn.engine);
  dnnl::memory source = plain;
  dnnl::stream stream = onednn.stream;
  dnnl::reorder(source, packed).execute(stream, source, packed);
  stream.wait();
  return packed;
}

namespace {

class OneDnnPeer : public Peer {
 public:
  explicit OneDnnPeer(const Setting& setting) : onednn_{setting} { set_threads(setting.threads); }

  std::string name() const override { return "oneDNN"; }

  std::string settings() const override {
    const dnnl_version_t* version = dnnl_version();
    const auto code = dnnl::get_effective_cpu_isa();
    const bool has_matrix_units = code >= dnnl::cpu_isa::avx512_core_amx;
    char text[80];
    std::snprintf(text, sizeof(text), "%d.%d.%d, instruction sets 0x%x%s", version->major,
                  version->minor, version->patch, static_cast<unsigned>(code),
                  has_matrix_units ? " (AMX among them)" : "");
    return text;
  }

  std::vector<Contender> prepare(const Work& work, const Data& data) override {
    switch (work.kind) {
      case Kind::matmul:
      case Kind::relu_matmul: return onednn_products(onednn_, work, data);
      case Kind::perceptron: return onednn_perceptron(onednn_, work, data);
      case Kind::attention: return onednn_attention(onednn_, work, data);
      case Kind::max:
      case Kind::sum:
      case Kind::tanh_chain: return {};
      default: return onednn_streams(onednn_, work, data);
    }
  }

 private:
  /// Of the OpenMP library that oneDNN brought with it: this module is not linked with any.
  static void set_threads(int threads) {
    void* openmp = dlopen("libgomp.so.1", RTLD_NOW | RTLD_NOLOAD);
    if (openmp == nullptr) {
      if (threads > 1) throw std::runtime_error("built without GNU OpenMP: threads are not set");
      return;
    }
    reinterpret_cast<void (*)(int)>(dlsym(openmp, "omp_set_num_threads"))(threads);
  }

  OneDnn onednn_;
};

}  // namespace

}  // namespace bench

extern "C" __attribute__((visibility("default"))) bench::Peer* bench_open_peer(
    const bench::Setting& setting) {
  return new bench::OneDnnPeer(setting);
}
