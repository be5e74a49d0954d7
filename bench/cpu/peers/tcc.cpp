// What is compared with the peers: tcc, through its public interface.
#include <cstring>

#include <tcc/tcc.h>

#include "bench/cpu/peers.h"
#include "bench/cpu/tensors.h"

namespace bench {

namespace {

tcc::Tensor view(const Operand& operand, void* memory) {
  return tcc::Tensor::view(operand.dtype, memory, operand.count(), operand.shape);
}

/// Where the library can run on one thread only, more cannot be compared.
template <typename Options> void set_threads(Options& options, int threads) {
  if constexpr (requires { options.threads; })
    options.threads = threads;
  else if (threads > 1)
    throw std::runtime_error("this tcc has no threads yet");
}

tcc::Program compile(const Work& work, const Setting& setting) {
  tcc::CompileOptions options;
  set_threads(options, setting.threads);
  return tcc::compile(work.program, options);
}

/// Without params: into memory of the caller.
Contender by_program(const Work& work, const Data& data, const Setting& setting) {
  std::vector<tcc::Tensor> inputs;
  for (std::size_t n = 0; n < work.operands.size(); ++n)
    inputs.push_back(view(work.operands[n], data.operands[n]));
  return contender("tcc", setting.clock,
                   [program = compile(work, setting), inputs = std::move(inputs),
                    outputs = std::vector{view(work.result, data.result)}] {
                     program.run_into(inputs, outputs);
                   });
}

/// With params: they are bound once. A session's results are in memory of their own.
Contender by_session(const Work& work, const Data& data, const Setting& setting) {
  const auto session = std::make_shared<tcc::Session>(compile(work, setting));
  std::vector<tcc::Tensor> inputs;
  for (std::size_t n = 0; n < work.operands.size(); ++n) {
    const Operand& operand = work.operands[n];
    const tcc::Tensor value = view(operand, data.operands[n]);
    if (operand.role == Role::param)
      session->set_param(operand.name, value);
    else
      inputs.push_back(value);
  }
  const auto results = std::make_shared<std::vector<tcc::Tensor>>();
  Contender made = contender("tcc", setting.clock, [session, results, inputs = std::move(inputs)] {
    *results = session->run(inputs);
  });
  made.fetch = [results, data, bytes = bytes_of(work.result)] {
    std::memcpy(data.result, results->front().raw_data(), bytes);
  };
  return made;
}

class Tcc : public Peer {
 public:
  explicit Tcc(const Setting& setting) : setting_(setting) {}

  std::string name() const override { return "tcc"; }
  std::string settings() const override { return TCC_VERSION; }

  std::vector<Contender> prepare(const Work& work, const Data& data) override {
    return {work.has_params() ? by_session(work, data, setting_)
                              : by_program(work, data, setting_)};
  }

 private:
  Setting setting_;
};

}  // namespace

std::unique_ptr<Peer> open_tcc(const Setting& setting) { return std::make_unique<Tcc>(setting); }

}  // namespace bench
