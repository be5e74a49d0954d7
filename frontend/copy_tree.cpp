// Copies of expression trees with some of their nodes replaced.
#include "frontend/copy_tree.h"

#include <algorithm>

#include "frontend/syntax_walk.h"

namespace tcc {

namespace {

using syntax::NodeId;

/// Gives each operand its new id.
class Renumber {
 public:
  explicit Renumber(const std::map<NodeId, NodeId>& ids) : ids_(ids) {}

  template <typename Leaf> void operator()(Leaf&) const {}
  void operator()(syntax::Operation& value) const { all(value.operands); }
  void operator()(syntax::MatMul& value) const {
    one(value.lhs);
    one(value.rhs);
  }
  void operator()(syntax::Call& value) const {
    all(value.arguments);
    for (syntax::Call::Keyword& keyword : value.keywords)
      one(keyword.value);
  }
  void operator()(syntax::Reduction& value) const {
    for (syntax::IndexBinding& binding : value.bindings) {
      maybe(binding.begin);
      maybe(binding.end);
    }
    one(value.body);
  }
  void operator()(syntax::Subscript& value) const {
    one(value.base);
    all(value.indices);
  }
  void operator()(syntax::Attribute& value) const { one(value.base); }
  void operator()(syntax::List& value) const { all(value.elements); }
  void operator()(syntax::Slice& value) const {
    maybe(value.begin);
    maybe(value.end);
    maybe(value.step);
  }

 private:
  void one(NodeId& id) const { id = ids_.at(id); }
  void all(std::vector<NodeId>& ids) const {
    for (NodeId& id : ids)
      one(id);
  }
  void maybe(std::optional<NodeId>& id) const {
    if (id) one(*id);
  }

  const std::map<NodeId, NodeId>& ids_;
};

class TreeCopier {
 public:
  TreeCopier(std::vector<syntax::Node>& nodes,
             const std::map<NodeId, NodeReplacement>& replacements)
      : nodes_(nodes), replacements_(replacements) {}

  NodeId copy(NodeId root) {
    mark_kept(root);
    const NodeId first = nodes_[root].first;
    for (NodeId id = first; id <= root; ++id) {
      if (kept_[id - first]) ids_[id] = copy_node(id);
    }
    return ids_.at(root);
  }

 private:
  /// Users first: what is below a replaced node is not kept.
  void mark_kept(NodeId root) {
    const NodeId first = nodes_[root].first;
    kept_.assign(root - first + 1, false);
    kept_.back() = true;
    for (NodeId end = root + 1; end > first; --end) {
      const NodeId id = end - 1;
      if (!kept_[id - first] || replacements_.count(id)) continue;
      syntax::for_each_operand(nodes_[id], [&](NodeId operand) { kept_[operand - first] = true; });
    }
  }

  NodeId copy_node(NodeId id) {
    const auto replacement = replacements_.find(id);
    if (replacement == replacements_.end()) {
      syntax::Node node = nodes_[id];
      std::visit(Renumber(ids_), node.value);
      return append(std::move(node));
    }
    if (const auto* name = std::get_if<std::string>(&replacement->second)) {
      syntax::Node node = nodes_[id];
      node.value = syntax::Name{*name};
      node.operator_span = node.span;
      return append(std::move(node));
    }
    return copy_tree(nodes_, std::get<NodeId>(replacement->second), {});
  }

  NodeId append(syntax::Node node) {
    const auto id = static_cast<NodeId>(nodes_.size());
    node.first = id;
    syntax::for_each_operand(
        node, [&](NodeId operand) { node.first = std::min(node.first, nodes_[operand].first); });
    nodes_.push_back(std::move(node));
    return id;
  }

  std::vector<syntax::Node>& nodes_;
  const std::map<NodeId, NodeReplacement>& replacements_;
  std::vector<bool> kept_;
  std::map<NodeId, NodeId> ids_;
};

}  // namespace

NodeId copy_tree(std::vector<syntax::Node>& nodes, NodeId root,
                 const std::map<NodeId, NodeReplacement>& replacements) {
  return TreeCopier(nodes, replacements).copy(root);
}

}  // namespace tcc
