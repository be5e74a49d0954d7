// BLIS, opened while the program runs.
#include <fmt/format.h>

#include "bench/cpu/peers.h"
#include "bench/cpu/peers/blas.h"

namespace bench {

namespace {

class Blis : public Peer {
 public:
  explicit Blis(const Setting& setting)
      : library_{"libblis.so.4", "libblis.so"}, blas_(library_, setting) {
    library_.get<void(long)>("bli_thread_set_num_threads")(setting.threads);
  }

  std::string name() const override { return "BLIS"; }

  std::string settings() const override {
    const int architecture = library_.get<int()>("bli_arch_query_id")();
    return fmt::format("{}, architecture {}",
                       library_.get<const char*()>("bli_info_get_version_str")(),
                       library_.get<const char*(int)>("bli_arch_string")(architecture));
  }

  std::vector<Contender> prepare(const Work& work, const Data& data) override {
    return blas_.prepare(name(), work, data);
  }

 private:
  SharedObject library_;
  Blas blas_;
};

}  // namespace

std::unique_ptr<Peer> open_blis(const Setting& setting) { return std::make_unique<Blis>(setting); }

}  // namespace bench
