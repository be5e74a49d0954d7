// Statements that take the place of one, in the block around it.
#pragma once

#include <functional>

#include "ir/stmt.h"

namespace tcc::ir {

/// The block with f applied to its statements, as map_statements() does; null where nothing is
/// left. Where f makes a Block of a statement that was none, what is in it stands in the block
/// itself: its declarations hold for the statements behind it.
Stmt map_and_splice(const Stmt& stmt, const Block& block,
                    const std::function<Stmt(const Stmt&)>& f);

}  // namespace tcc::ir
