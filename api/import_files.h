// Files that a program imports (language section 3.9).
#pragma once

#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"

namespace tcc {

/// Adds the functions and constants of every imported file to `program`, once each, also of those
/// that imported files import in turn. Paths are relative to the importing file. Errors: `syntax`
/// in the files, `undefined-name` for files that cannot be read, `limit` for more than 1000 files.
/// Returns the files' texts.
std::vector<SourceId> import_files(syntax::Program& program, SourceMap& sources,
                                   Diagnostics& diagnostics);

/// Whether files that were imported have the same contents now.
bool imports_are_unchanged(const std::vector<SourceId>& imports, const SourceMap& sources);

}  // namespace tcc
