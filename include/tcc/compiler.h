// Who compiles: the owner of what is kept from one compile to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <tcc/error.h>
#include <tcc/export.h>
#include <tcc/program.h>

namespace tcc {

struct CompilerOptions {
  /// Where compiled programs are kept from process to process; "" for nowhere. Without a value:
  /// $TCC_CACHE, where it is set, else $XDG_CACHE_HOME/tcc, or ~/.cache/tcc. A folder that others
  /// can write is not used, since what lies there is executed.
  std::optional<std::string> cache_folder = {};
  std::uint64_t cache_bytes = std::uint64_t{1} << 30;  ///< what the folder may hold, about
  std::size_t programs = 256;  ///< how many are kept in memory, those compiled last
};

/// Compiles, and keeps what it has compiled: in memory for this process, on disk for others. Any
/// number of threads may use one; those that want the same program at the same time wait for one
/// compile, and no other compile waits for it. Programs outlive their compiler.
class TCC_API Compiler {
 public:
  explicit Compiler(const CompilerOptions& options = {});
  ~Compiler();
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  /// The one that tcc::compile() uses.
  static Compiler& shared();

  /// As tcc::compile(). The same text and options give the same Program, as long as the files that
  /// it imports are the same.
  Program compile(std::string_view text, const CompileOptions& options = {});

  /// `compile` without exceptions.
  std::variant<Program, Error> try_compile(std::string_view text,
                                           const CompileOptions& options = {});

  /// Forgets the programs in memory; those that are in use live on.
  void clear();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace tcc
