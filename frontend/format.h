// Programs in their canonical form (`tcc fmt`).
#pragma once

#include <optional>
#include <string>

#include "dsl/diagnostic.h"
#include "dsl/source.h"

namespace tcc {

/// The text of a source with canonical spaces and indentation:
///
///   - one statement a line, blocks in { } indented by two, at most one blank line between;
///   - comments stay where they are; those behind code on lines in a row stand in one column;
///   - a statement that its author broke stays broken there: lines go on below what stands behind
///     the open bracket, two further where the bracket ends its line, four where there is none;
///   - spaces around binary operators and `=`, none around `:` in subscripts and, there only,
///     around `* / // %`.
///
/// Works on tokens and comments, so that it knows every statement of the language. Formatting the
/// result gives the same text; its tokens and its syntax tree are those of the source.
/// Errors: nothing, with reports of kind `syntax` or `limit`. Statements that the parser does not
/// know yet are formatted and not reported.
std::optional<std::string> format(const SourceMap& sources, SourceId source,
                                  Diagnostics& diagnostics);

}  // namespace tcc
