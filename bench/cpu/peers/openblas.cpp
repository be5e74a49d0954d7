// OpenBLAS, opened while the program runs.
#include <fmt/format.h>

#include "bench/cpu/peers.h"
#include "bench/cpu/peers/blas.h"

namespace bench {

namespace {

class OpenBlas : public Peer {
 public:
  explicit OpenBlas(const Setting& setting)
      : library_{"libopenblas.so.0", "libopenblas.so"}, blas_(library_, setting) {
    library_.get<void(int)>("openblas_set_num_threads")(setting.threads);
  }

  std::string name() const override { return "OpenBLAS"; }

  std::string settings() const override {
    return fmt::format("{}, core {}", library_.get<const char*()>("openblas_get_config")(),
                       library_.get<const char*()>("openblas_get_corename")());
  }

  std::vector<Contender> prepare(const Work& work, const Data& data) override {
    return blas_.prepare(name(), work, data);
  }

 private:
  SharedObject library_;
  Blas blas_;
};

}  // namespace

std::unique_ptr<Peer> open_openblas(const Setting& setting) {
  return std::make_unique<OpenBlas>(setting);
}

}  // namespace bench
