// What can go wrong, and how the library says it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <tcc/export.h>

namespace tcc {

/// A remark that belongs to a diagnostic, with its own place in the source.
struct DiagnosticNote {
  std::string message;
  std::string file;          ///< empty where the remark has no place
  std::uint32_t line = 0;    ///< 1-based; 0 where the remark has no place
  std::uint32_t column = 0;  ///< 1-based, counted in bytes
};

/// One mistake in a program or its inputs (language section 10).
struct Diagnostic {
  std::string kind;     ///< "size-mismatch", "undefined-name", ...
  std::string message;  ///< lower case, names in single quotes
  std::string file;
  std::uint32_t line = 0;    ///< 1-based; 0 where it has no place in a source
  std::uint32_t column = 0;  ///< 1-based, counted in bytes
  std::vector<DiagnosticNote> notes;
  std::string help;  ///< empty where there is none
};

/// Whose the mistake is.
enum class ErrorCategory : std::uint8_t {
  program,      ///< the program or its inputs: mend the text or the arrays
  environment,  ///< no device, no memory, no file: mend the machine
  bug,          ///< ours: please report it
};

/// Thrown by every function of the library that says it throws.
/// `what()` is the complete text, carets included, one diagnostic after the other.
class TCC_API Error : public std::runtime_error {
 public:
  Error(ErrorCategory category, const std::string& text, std::vector<Diagnostic> diagnostics = {});

  ErrorCategory category() const noexcept { return category_; }
  const std::vector<Diagnostic>& diagnostics() const noexcept { return diagnostics_; }

 private:
  ErrorCategory category_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace tcc
