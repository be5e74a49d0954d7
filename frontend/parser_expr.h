// Expressions of programs (language section 4 to 6).
#pragma once

#include <optional>
#include <vector>

#include "dsl/syntax.h"
#include "frontend/parser_tokens.h"

namespace tcc {

/// Appends the nodes of the expression that begins at the next token, and gives its root. Reads as
/// far as the expression goes; nothing after a mistake, which is reported.
/// Errors: `syntax`; `unsupported` for operators and subscripts that this compiler does not know
/// yet; `limit` for a number that is too large, and for more than 2^21 nodes.
std::optional<syntax::NodeId> parse_expression(TokenReader& tokens,
                                               std::vector<syntax::Node>& nodes);

/// The name of an index variable, of a reduction or a left side; nothing after a mistake.
std::optional<syntax::IndexBinding> parse_variable(TokenReader& tokens);

}  // namespace tcc
