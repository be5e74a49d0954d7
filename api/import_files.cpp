// Files that a program imports.
#include "api/import_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "frontend/parser.h"

namespace tcc {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 1000;
constexpr std::size_t read_limit =
    (std::size_t{16} << 20) + 1;  // enough to see that it is too long

fs::path path_of(const syntax::Import& import, const SourceMap& sources) {
  const fs::path path(import.path);
  if (path.is_absolute()) return path;
  return fs::path(sources[import.span.source].name()).parent_path() / path;
}

std::optional<std::string> contents_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  std::string text(read_limit, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string identity_of(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path.string() : canonical.string();
}

}  // namespace

std::vector<SourceId> import_files(syntax::Program& program, SourceMap& sources,
                                   Diagnostics& diagnostics) {
  std::vector<SourceId> imported;
  std::set<std::string> seen = {identity_of(sources[0].name())};
  for (std::size_t next = 0; next < program.imports.size(); ++next) {  // grows as files are read
    const syntax::Import import = program.imports[next];
    const fs::path path = path_of(import, sources);
    if (!seen.insert(identity_of(path)).second) continue;
    const auto text = contents_of(path);
    if (!text || seen.size() > max_files) {
      diagnostics.error(text ? DiagnosticKind::limit : DiagnosticKind::undefined_name, import.span,
                        text ? fmt::format("more than {} files are imported", max_files)
                             : fmt::format("cannot read '{}'", path.string()));
      if (text) return imported;
      continue;
    }
    imported.push_back(sources.add(path.string(), *text));
    parse_into(program, sources, imported.back(), diagnostics);
  }
  return imported;
}

bool imports_are_unchanged(const std::vector<SourceId>& imports, const SourceMap& sources) {
  return std::all_of(imports.begin(), imports.end(), [&sources](SourceId file) {
    return contents_of(sources[file].name()) == sources[file].text();
  });
}

}  // namespace tcc
