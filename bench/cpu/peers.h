// The peers by name. Each of these throws std::exception, saying what is missing, where the library
// is not on the machine or cannot do with the setting.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/cpu/peer.h"

namespace bench {

std::unique_ptr<Peer> open_tcc(const Setting& setting);
std::unique_ptr<Peer> open_openblas(const Setting& setting);
std::unique_ptr<Peer> open_blis(const Setting& setting);
std::unique_ptr<Peer> open_numpy(const Setting& setting);

/// Those that need headers to be built are modules beside the executable: libbench_NAME.so.
std::unique_ptr<Peer> open_module(const std::string& name, const Setting& setting);

/// Sets what the peers read from the environment when they are opened, to what suits the machine;
/// what the caller's shell has of it is replaced. To be called before the first peer is opened.
void set_environment(int most_threads);

struct NamedPeer {
  std::string name;  ///< as --peers takes it: "openblas"
  std::unique_ptr<Peer> (*open)(const Setting&);
};

/// All but tcc.
const std::vector<NamedPeer>& all_peers();

}  // namespace bench
