// Tokens to syntax tree (language sections 1 to 4).
#pragma once

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"

namespace tcc {

/// Parses source `source` of `sources`. After a mistake it goes on with the next statement, so
/// that one run reports many; what is returned then is for further diagnostics only.
/// Errors: `syntax`, `limit`; `unsupported` for statements that this compiler does not know yet.
syntax::Program parse(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);

/// Adds the functions and constants of another source to `program` (3.9). Its other statements are
/// parsed, and left out.
void parse_into(syntax::Program& program, const SourceMap& sources, SourceId source,
                Diagnostics& diagnostics);

}  // namespace tcc
