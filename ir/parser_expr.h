// Expressions of IR text, by precedence, with explicit stacks: no depth of brackets matters.
#pragma once

#include <map>
#include <string>

#include "ir/loop_program.h"
#include "ir/parser_tokens.h"

namespace tcc::ir {

/// Buffers by name, without a search of the program for each use.
using BufferNames = std::map<std::string, BufferId, std::less<>>;
using VariableNames = std::map<std::string, Expr, std::less<>>;

/// Parses from the cursor up to what no expression goes on with. Null after an error.
Expr parse_expr(TokenCursor& cursor, LoopProgram& program, const BufferNames& buffers,
                const VariableNames& variables);

}  // namespace tcc::ir
