// Which definition must come before which: depth-first, on a stack of its own.
#include "frontend/definition_order.h"

#include <algorithm>

#include <fmt/format.h>

#include "frontend/scopes.h"
#include "frontend/syntax_walk.h"

namespace tcc {

namespace {

class DefinitionOrder {
 public:
  DefinitionOrder(const syntax::Program& program, Names& names, Diagnostics& diagnostics)
      : program_(program),
        names_(names),
        diagnostics_(diagnostics),
        state_(program.definitions.size(), State::untouched) {
    for (const syntax::Definition& definition : program.definitions) {
      reads_.push_back(reads_of(definition));
    }
  }

  std::vector<std::size_t> find() {
    for (std::size_t d = 0; d < state_.size(); ++d)
      visit(d);
    return std::move(order_);
  }

 private:
  enum class State : std::uint8_t { untouched, open, done };
  struct Frame {
    std::size_t definition;
    std::size_t next_read;
  };

  /// The definitions that one reads, in the order of its text.
  std::vector<std::size_t> reads_of(const syntax::Definition& definition) const {
    const Scopes scopes(program_, definition);
    std::vector<std::size_t> reads;
    for (const syntax::NodeId root : syntax::sizes_of_left_side(definition)) {
      for (syntax::NodeId id = program_.nodes[root].first; id <= root; ++id)
        add_read(id, reads);
    }
    for (syntax::NodeId id = program_.nodes[definition.value].first; id <= definition.value; ++id) {
      const auto* name = std::get_if<syntax::Name>(&program_.nodes[id].value);
      if (name && !scopes.find(name->name, scopes.of(id).scope)) add_read(id, reads);
    }
    return reads;
  }

  void add_read(syntax::NodeId id, std::vector<std::size_t>& reads) const {
    const auto* name = std::get_if<syntax::Name>(&program_.nodes[id].value);
    const auto tensor = name ? names_.find_tensor(name->name) : std::nullopt;
    const bool is_defined = tensor && *tensor >= names_.defined_by(0) &&
                            *tensor < names_.defined_by(program_.definitions.size());
    if (is_defined) reads.push_back(*tensor - names_.defined_by(0));
  }

  void visit(std::size_t root) {
    if (state_[root] != State::untouched) return;
    open(root);
    while (!stack_.empty()) {
      Frame& top = stack_.back();
      if (top.next_read == reads_[top.definition].size()) {
        state_[top.definition] = State::done;
        order_.push_back(top.definition);
        stack_.pop_back();
        continue;
      }
      const std::size_t read = reads_[top.definition][top.next_read++];
      if (state_[read] == State::untouched) {
        open(read);
      } else if (state_[read] == State::open) {
        report_cycle(read);
      }
    }
  }

  void open(std::size_t definition) {
    state_[definition] = State::open;
    stack_.push_back({definition, 0});
  }

  const syntax::Definition& at(std::size_t definition) const {
    return program_.definitions[definition];
  }

  void report_cycle(std::size_t start) {
    const auto begin = std::find_if(stack_.begin(), stack_.end(),
                                    [start](auto& frame) { return frame.definition == start; });
    std::string path;
    bool is_new = true;
    for (auto frame = begin; frame != stack_.end(); ++frame) {
      const checked::TensorId tensor = names_.defined_by(frame->definition);
      is_new &= !names_.is_broken(tensor);
      names_.mark_broken(tensor);
      if (frame != begin && frame - begin < max_path) {
        path +=
            fmt::format("{} '{}'", path.empty() ? " by way of" : ",", at(frame->definition).name);
      }
    }
    if (!is_new) return;
    if (stack_.end() - begin > max_path) path += ", ..";
    diagnostics_.error(DiagnosticKind::cycle, at(start).span,
                       fmt::format("'{}' depends on itself{}", at(start).name, path));
  }

  static constexpr std::ptrdiff_t max_path = 8;

  const syntax::Program& program_;
  Names& names_;
  Diagnostics& diagnostics_;
  std::vector<std::vector<std::size_t>> reads_;
  std::vector<State> state_;
  std::vector<Frame> stack_;
  std::vector<std::size_t> order_;
};

}  // namespace

std::vector<std::size_t> order_definitions(const syntax::Program& program, Names& names,
                                           Diagnostics& diagnostics) {
  return DefinitionOrder(program, names, diagnostics).find();
}

}  // namespace tcc
