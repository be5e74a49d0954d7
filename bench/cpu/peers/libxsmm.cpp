// LIBXSMM: small products by code that it makes for their sizes.
#include <libxsmm.h>

#include <stdexcept>

#include "bench/cpu/peer.h"

namespace bench {

namespace {

/// Beyond, its authors say, one had better call a BLAS.
constexpr double largest = 256.0 * 256 * 256;

class Libxsmm : public Peer {
 public:
  explicit Libxsmm(const Setting& setting) : setting_(setting) {
    if (setting.threads > 1) throw std::runtime_error("its small products are for one thread");
    libxsmm_init();
  }

  std::string name() const override { return "LIBXSMM"; }

  std::string settings() const override {
    return std::string(LIBXSMM_VERSION) + ", target " + libxsmm_get_target_arch();
  }

  std::vector<Contender> prepare(const Work& work, const Data& data) override {
    if (work.kind != Kind::matmul || work.operands[0].dtype != tcc::DType::f32) return {};
    if (work.flops > 2 * largest || work.has_params()) return {};
    const auto m = static_cast<int>(work.operands[0].shape[0]);
    const auto k = static_cast<int>(work.operands[0].shape[1]);
    const auto n = static_cast<int>(work.operands[1].shape[1]);
    const float one = 1, zero = 0;
    const libxsmm_smmfunction product =
        libxsmm_smmdispatch(n, m, k, &n, &k, &n, &one, &zero, nullptr, nullptr);
    if (product == nullptr) return {};
    return {contender(name(), setting_.clock,
                      [product, a = data.operand<float>(0), b = data.operand<float>(1),
                       c = data.output<float>()] { product(b, a, c); })};
  }

 private:
  Setting setting_;
};

}  // namespace

}  // namespace bench

extern "C" __attribute__((visibility("default"))) bench::Peer* bench_open_peer(
    const bench::Setting& setting) {
  return new bench::Libxsmm(setting);
}
