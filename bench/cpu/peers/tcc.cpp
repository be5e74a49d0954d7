// What is compared with the peers: tcc, through its public interface.
#include <tcc/tcc.h>

#include "bench/cpu/peers.h"

namespace bench {

namespace {

tcc::Tensor view(const Operand& operand, void* memory) {
  return tcc::Tensor::view(operand.dtype, memory, operand.count(), operand.shape);
}

/// Nothing is read from a cache or left in one.
tcc::Program compile(const Work& work, const Setting& setting) {
  static tcc::Compiler compiler({.cache_folder = ""});
  tcc::CompileOptions options;
  options.threads = setting.threads;
  return compiler.compile(work.program, options);
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

/// With params: they are bound once.
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
  return contender(
      "tcc", setting.clock,
      [session, inputs = std::move(inputs), outputs = std::vector{view(work.result, data.result)}] {
        session->run_into(inputs, outputs);
      });
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
