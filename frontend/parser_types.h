// Names and types of programs (language sections 1.2 and 2.1).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dsl/syntax.h"
#include "frontend/parser_tokens.h"

namespace tcc {

/// A name that the program introduces; nothing where the next token is none. Errors: `syntax`.
std::optional<Token> parse_name(TokenReader& tokens, std::string_view what);

/// `f32`, `f32[M, 2*K]`: appends the nodes of the extents. Nothing after a mistake.
/// Errors: `syntax`, `unsupported` for element types that are not there yet.
std::optional<syntax::TypeSyntax> parse_type(TokenReader& tokens, std::vector<syntax::Node>& nodes);

}  // namespace tcc
