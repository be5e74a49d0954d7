// Definitions of tensors (language sections 3.4 and 6.1).
#pragma once

#include <optional>
#include <vector>

#include "dsl/syntax.h"
#include "frontend/parser_tokens.h"

namespace tcc {

/// `C[i, j in 0:N]: f32[M, N] = expression`. Appends the nodes of its ranges, of its type and of
/// its value, in this order. Nothing after a mistake.
/// Errors: as parse_expression; `unsupported` for several results, accumulations and recurrences.
std::optional<syntax::Definition> parse_definition(TokenReader& tokens,
                                                   std::vector<syntax::Node>& nodes);

/// Whether a definition begins at the next token, which is a name.
bool is_definition(const TokenReader& tokens);

}  // namespace tcc
