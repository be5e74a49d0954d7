// Names that a program without declarations takes as inputs.
#include "frontend/free_names.h"

#include <algorithm>
#include <set>

#include "frontend/checker.h"
#include "frontend/scopes.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

class FreeNameFinder {
 public:
  FreeNameFinder(const syntax::Program& program, const SizeValues& sizes) : program_(program) {
    for (const auto& [name, value] : sizes)
      known_.insert(name);
    for (const syntax::Constant& constant : program.constants)
      known_.insert(constant.name);
    for (const syntax::Definition& definition : program.definitions)
      known_.insert(definition.name);
    for (const syntax::ResultName& failed : program.failed)
      known_.insert(failed.name);
  }

  std::vector<FreeName> find() {
    for (const syntax::Definition& definition : program_.definitions)
      search(definition);
    return std::move(found_);
  }

 private:
  void search(const syntax::Definition& definition) {
    const Scopes scopes(program_, definition);
    const syntax::NodeId first = program_.nodes[definition.value].first;
    for (syntax::NodeId id = first; id <= definition.value; ++id) {
      const auto* name = std::get_if<syntax::Name>(&program_.nodes[id].value);
      if (!name || names_a_type(name->name)) continue;
      if (scopes.of(id).in_index || scopes.find(name->name, scopes.of(id).scope)) continue;
      if (known_.insert(name->name).second) found_.push_back({name->name, program_.nodes[id].span});
    }
  }

  const syntax::Program& program_;
  std::set<std::string> known_;
  std::vector<FreeName> found_;
};

}  // namespace

std::vector<FreeName> find_free_names(const syntax::Program& program, const SizeValues& sizes) {
  if (!program.inputs.empty()) return {};
  return FreeNameFinder(program, sizes).find();
}

std::vector<std::string> free_names(const syntax::Program& program, const SizeValues& sizes) {
  std::vector<std::string> names;
  for (FreeName& free : find_free_names(program, sizes))
    names.push_back(std::move(free.name));
  return names;
}

}  // namespace tcc
