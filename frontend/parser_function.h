// Functions of programs (language section 3.6).
#pragma once

#include <optional>
#include <vector>

#include "dsl/syntax.h"
#include "frontend/parser_tokens.h"

namespace tcc {

/// `def name(parameters) = value` or `def name(parameters) { .. return values }`, from its `def`:
/// appends the nodes of its expressions. Nothing after a mistake; the statements after it in the
/// block are parsed nevertheless. Errors: `syntax`, `unsupported`.
std::optional<syntax::Function> parse_function(TokenReader& tokens,
                                               std::vector<syntax::Node>& nodes);

}  // namespace tcc
