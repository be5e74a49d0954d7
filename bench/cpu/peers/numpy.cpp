// NumPy: a Python process that does what it is told through a pipe, one call at a time, so that it
// takes turns with the others. numpy_peer.py is the other end.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/cpu/peers.h"
#include "bench/cpu/tensors.h"

namespace bench {

namespace {

using nlohmann::json;

/// A process with pipes to its standard input and from its standard output. It ends when the first
/// is closed.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    std::vector<char*> list;
    for (std::string& argument : arguments)
      list.push_back(argument.data());
    list.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const int failed = posix_spawnp(&process_, list[0], &actions, nullptr, list.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = out[0];
    if (failed != 0) throw std::runtime_error(fmt::format("cannot start {}", arguments[0]));
  }

  ~Child() {
    close(to_);
    close(from_);
    if (process_ > 0) waitpid(process_, nullptr, 0);
  }

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void write(const void* data, std::size_t bytes) const {
    for (std::size_t done = 0; done < bytes;) {
      const auto count = ::write(to_, static_cast<const char*>(data) + done, bytes - done);
      if (count <= 0) throw std::runtime_error("the process has ended");
      done += static_cast<std::size_t>(count);
    }
  }

  void read(void* data, std::size_t bytes) const {
    for (std::size_t done = 0; done < bytes;) {
      const auto count = ::read(from_, static_cast<char*>(data) + done, bytes - done);
      if (count <= 0) throw std::runtime_error("the process has ended");
      done += static_cast<std::size_t>(count);
    }
  }

  json ask(const json& question) const {
    const std::string line = question.dump() + "\n";
    write(line.data(), line.size());
    return answer();
  }

  json answer() const {
    std::string line;
    for (char c = 0; read(&c, 1), c != '\n';)
      line += c;
    return json::parse(line);
  }

 private:
  pid_t process_ = 0;
  int to_ = -1, from_ = -1;
};

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::matmul: return "matmul";
    case Kind::relu_matmul: return "relu_matmul";
    case Kind::tanh_chain: return "tanh_chain";
    case Kind::sum: return "sum";
    case Kind::max: return "max";
    case Kind::softmax: return "softmax";
    case Kind::layer_norm: return "layer_norm";
    case Kind::row_sum: return "row_sum";
    case Kind::column_sum: return "column_sum";
    case Kind::transpose: return "transpose";
    case Kind::perceptron: return "perceptron";
    case Kind::attention: return "attention";
  }
  return "";
}

json describe(const Operand& operand) {
  return {{"dtype", tcc::name_of(operand.dtype)}, {"shape", operand.shape}};
}

class NumPy : public Peer {
 public:
  NumPy(const std::string& python, const Setting& setting)
      : clock_(setting.clock), child_(command_for(python, setting)) {
    std::signal(SIGPIPE, SIG_IGN);  // a child that has ended is found by what write() gives
    settings_ = child_.answer().get<std::string>();
  }

  std::string name() const override { return "NumPy"; }
  std::string settings() const override { return settings_; }

  std::vector<Contender> prepare(const Work& work, const Data& data) override {
    const tcc::DType dtype = work.operands[0].dtype;
    const bool is_narrow = dtype == tcc::DType::f16 || dtype == tcc::DType::bf16;
    const bool is_product = work.kind == Kind::matmul || work.kind == Kind::relu_matmul;
    if (is_narrow || (is_product && work.has_params())) return {};
    json question = {{"do", "prepare"}, {"kind", name_of(work.kind)}};
    question["result"] = describe(work.result);
    for (const Operand& operand : work.operands)
      question["operands"].push_back(describe(operand));
    child_.ask(question);
    for (std::size_t n = 0; n < work.operands.size(); ++n)
      child_.write(data.operands[n], bytes_of(work.operands[n]));
    child_.answer();
    Contender made;
    made.name = name();
    made.seconds = [this](long calls) { return run(calls); };
    made.fetch = [this, data, bytes = bytes_of(work.result)] {
      child_.ask({{"do", "fetch"}});
      child_.read(data.result, bytes);
    };
    return {made};
  }

 private:
  static std::vector<std::string> command_for(const std::string& python, const Setting& setting) {
    std::vector<std::string> command = {"env"};
    for (const char* name : {"OPENBLAS", "OMP", "BLIS", "MKL"})
      command.push_back(fmt::format("{}_NUM_THREADS={}", name, setting.threads));
    command.insert(command.end(), {python, BENCH_NUMPY_SCRIPT, std::to_string(setting.core)});
    return command;
  }

  double run(long calls) const {
    const char* clock = clock_ == Clock::wall ? "wall" : "processor";
    return child_.ask({{"do", "run"}, {"calls", calls}, {"clock", clock}}).get<double>();
  }

  Clock clock_;
  Child child_;
  std::string settings_;
};

}  // namespace

std::unique_ptr<Peer> open_numpy(const Setting& setting) {
  std::string reasons;
  for (const char* python : {"python3", "/usr/bin/python3"}) {  // the distribution's has it
    try {
      return std::make_unique<NumPy>(python, setting);
    } catch (const std::exception& error) {
      reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", python, error.what());
    }
  }
  throw std::runtime_error(reasons);
}

}  // namespace bench
