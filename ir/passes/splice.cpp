// Statements that take the place of one, in the block around it.
#include "ir/passes/splice.h"

namespace tcc::ir {

Stmt map_and_splice(const Stmt& stmt, const Block& block,
                    const std::function<Stmt(const Stmt&)>& f) {
  std::vector<Stmt> statements;
  bool changed = false;
  for (const Stmt& inner : block.statements) {
    Stmt own = f(inner);
    changed |= own != inner;
    const Block* group = own && !as<Block>(inner) ? as<Block>(own) : nullptr;
    if (group)
      statements.insert(statements.end(), group->statements.begin(), group->statements.end());
    else if (own)
      statements.push_back(std::move(own));
  }
  if (!changed) return stmt;
  return statements.empty() ? nullptr : make_block(std::move(statements), stmt->origin);
}

}  // namespace tcc::ir
