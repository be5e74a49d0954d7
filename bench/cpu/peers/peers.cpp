// Which peers there are, and what they are told through the environment.
#include "bench/cpu/peers.h"

#include <unistd.h>

#include <cstdlib>

#include "bench/cpu/shared_object.h"

namespace bench {

namespace {

void set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }

std::string folder_of_this_program() {
  std::string path(4096, '\0');
  const auto length = readlink("/proc/self/exe", path.data(), path.size());
  path.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return path.substr(0, path.rfind('/'));
}

}  // namespace

void set_environment(int most_threads) {
  // Whatever the shell says of them was meant for something else, and can halve a peer's speed.
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "BLIS_ARCH_TYPE",
                           "OMP_WAIT_POLICY", "OMP_PROC_BIND", "OMP_PLACES", "GOMP_SPINCOUNT",
                           "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "LIBXSMM_TARGET"})
    unsetenv(name);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
    set("OPENBLAS_CORETYPE", "SKYLAKEX");
    set("BLIS_ARCH_TYPE", "0");  // skx, the first of its list: 0.9 takes newer CPUs for generic
  }
#endif
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"})
    set(name, std::to_string(most_threads));
  set("KMP_BLOCKTIME", "5");  // milliseconds that LLVM's OpenMP threads spin when all is done: 200
}

std::unique_ptr<Peer> open_module(const std::string& name, const Setting& setting) {
  const std::string file = "libbench_" + name + ".so";
  const std::string path = folder_of_this_program() + "/" + file;
  if (access(path.c_str(), R_OK) != 0)
    throw std::runtime_error(file + " was not built: configure found no headers of it");
  const SharedObject module{path};
  return std::unique_ptr<Peer>(module.get<Peer*(const Setting&)>("bench_open_peer")(setting));
}

const std::vector<NamedPeer>& all_peers() {
  static const std::vector<NamedPeer> peers = {
      {"openblas", open_openblas},
      {"blis", open_blis},
      {"eigen", [](const Setting& setting) { return open_module("eigen", setting); }},
      {"onednn", [](const Setting& setting) { return open_module("onednn", setting); }},
      {"libxsmm", [](const Setting& setting) { return open_module("libxsmm", setting); }},
      {"numpy", open_numpy},
  };
  return peers;
}

}  // namespace bench
