// What is printed and kept: a line a row while it runs, JSON row by row, tables at the end.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "bench/cpu/comparison.h"
#include "bench/cpu/compile_rows.h"
#include "bench/cpu/measure.h"

namespace bench {

/// "  0.97 (0.95..0.98) of 1.00: behind".
std::string summary(const Row& row);

/// Lines of JSON, each written out before the next row is measured: what was measured is kept when
/// the run is cut off. The first says with what; then there is one for each row.
class JsonLines {
 public:
  /// Keeps nothing where the file's name is "". Throws std::runtime_error where it cannot be made.
  explicit JsonLines(const std::string& file);

  void begin(const Turns& turns, Clock clock, const std::vector<std::string>& settings);
  void add(const Row& row);
  void add(const CompileRow& row);

 private:
  std::ofstream file_;
};

/// In Markdown, as docs/performance.md has them. `settings` are the peers' versions.
void print_tables(const std::vector<Row>& rows, const std::vector<CompileRow>& compile_rows);

/// Threads that wanted to run in the last minute, on average.
double load();

/// "Intel Xeon .., 2 cores".
std::string machine_name();

}  // namespace bench
