// Which definitions of a program are its outputs.
#include <set>

#include "frontend/checker.h"
#include "frontend/syntax_walk.h"

namespace tcc {

std::vector<std::string> output_names(const syntax::Program& program) {
  std::vector<std::string> names;
  if (!program.outputs.empty()) {
    for (const syntax::OutputMark& mark : program.outputs)
      names.push_back(mark.name);
    return names;
  }
  std::set<std::string> read;  // or stored in a param
  for (const syntax::Update& update : program.updates)
    read.insert(syntax::next_value_name(update.param));
  for (const syntax::Definition& definition : program.definitions) {
    std::vector<syntax::NodeId> roots = syntax::sizes_of_left_side(definition);
    roots.push_back(definition.value);
    for (const syntax::NodeId root : roots) {
      for (syntax::NodeId id = program.nodes[root].first; id <= root; ++id) {
        const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
        if (name) read.insert(name->name);
      }
    }
  }
  for (const syntax::Definition& definition : program.definitions) {
    const bool is_own = definition.call_sites.empty();
    if (is_own && !read.count(definition.name)) names.push_back(definition.name);
  }
  return names;
}

}  // namespace tcc
