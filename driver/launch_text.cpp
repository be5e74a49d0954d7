// What a run asks of the machine, as text.
#include "driver/launch_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/out_of_memory.h"

namespace tcc::driver {

namespace {

constexpr std::size_t most_rows = 48;
constexpr std::size_t chart_columns = 41;
constexpr std::size_t longest_name = 26;

std::string shortened(const std::string& text, std::size_t length) {
  return text.size() <= length ? text : text.substr(0, length - 2) + "..";
}

std::string text_of(const Amount& bytes) {
  if (bytes.number) return bytes_text(*bytes.number);
  return shortened(bytes.expression, 70) + " bytes";
}

bool is_zero(const Amount& amount) { return amount.number == 0; }

std::string kernel_line(std::size_t position, const LaunchKernel& kernel, std::size_t name_width) {
  std::string details;
  const auto add = [&](const std::string& detail) {
    details += (details.empty() ? "" : ", ") + detail;
  };
  for (const ParallelLoop& loop : kernel.parallel) {
    const auto& pieces = loop.pieces;
    add(fmt::format("parallel {} in {} piece{}", loop.variable,
                    pieces.number ? std::to_string(*pieces.number) : pieces.expression,
                    pieces.number == 1 ? "" : "s"));
  }
  if (!is_zero(kernel.scratch)) add("scratch " + text_of(kernel.scratch));
  if (!is_zero(kernel.scratch_per_thread)) {
    add(fmt::format("scratch {} a thread", text_of(kernel.scratch_per_thread)));
  }
  std::string line = fmt::format("  {:>4}  {:<{}}  {}", position,
                                 shortened(kernel.name, longest_name), name_width, details);
  line.erase(line.find_last_not_of(' ') + 1);
  return shortened(line, 100) + "\n";
}

std::string kernels_text(const LaunchReport& report) {
  std::size_t width = 0;
  for (const LaunchKernel& kernel : report.kernels)
    width = std::max(width, std::min(kernel.name.size(), longest_name));
  std::string text = "kernels\n";
  std::size_t shown = 0;
  std::size_t left_out = 0;
  for (std::size_t k = 0; k < report.kernels.size(); ++k) {
    if (!report.kernels[k].is_wanted) continue;
    if (shown == most_rows) {
      ++left_out;
      continue;
    }
    text += kernel_line(k, report.kernels[k], width);
    ++shown;
  }
  if (left_out > 0) text += fmt::format("        and {} more\n", left_out);
  return text;
}

std::string total_line(std::string_view what, const std::string& amount) {
  return fmt::format("  {:<17}{}\n", what, amount);
}

/// The kernel that needs most, where one needs any. Expressions are with the kernels.
std::string scratch_text(const LaunchReport& report) {
  std::int64_t shared = 0, per_thread = 0;
  for (const LaunchKernel& kernel : report.kernels) {
    shared = std::max(shared, kernel.scratch.number.value_or(0));
    per_thread = std::max(per_thread, kernel.scratch_per_thread.number.value_or(0));
    if (!kernel.scratch.number) return "as the sizes are: see the kernels";
  }
  if (per_thread == 0) return bytes_text(shared);
  const std::string threads = fmt::format("{} a thread", bytes_text(per_thread));
  return shared == 0 ? threads : fmt::format("{}, and {}", bytes_text(shared), threads);
}

std::string set_options(const std::vector<std::string>& sizes) {
  std::string text;
  for (const std::string& size : sizes)
    text += fmt::format("{}--set {}=..", text.empty() ? "" : " ", size);
  return shortened(text, 70);
}

std::string memory_text(const LaunchReport& report) {
  std::string text = "\nmemory\n";
  if (report.peak) {
    std::string peak = bytes_text(*report.peak);
    if (*report.peak != *report.lower_bound) {
      peak += fmt::format(", of which {} are in use at once", bytes_text(*report.lower_bound));
    }
    text += total_line("peak", peak);
  } else {
    text += total_line("peak", "as the sizes are: give " + set_options(report.unknown_sizes));
  }
  text += total_line("without sharing", text_of(report.without_sharing));
  text += total_line("scratch", scratch_text(report));
  text += total_line("params", text_of(report.params));
  text += total_line("inputs", text_of(report.inputs));
  return text + total_line("outputs", text_of(report.outputs));
}

/// Of temporaries, those to be shown: wanted, and not too many, the largest first of all.
std::vector<const LaunchTemporary*> shown_of(const LaunchReport& report, std::size_t& left_out) {
  std::vector<const LaunchTemporary*> shown;
  for (const LaunchTemporary& temporary : report.temporaries) {
    if (temporary.is_wanted) shown.push_back(&temporary);
  }
  left_out = shown.size() - std::min(shown.size(), most_rows);
  if (left_out == 0) return shown;
  std::sort(shown.begin(), shown.end(), [](const auto* a, const auto* b) {
    const auto left = a->bytes.number.value_or(0);
    const auto right = b->bytes.number.value_or(0);
    return left != right ? left > right : a < b;
  });
  shown.resize(most_rows);
  std::sort(shown.begin(), shown.end());
  return shown;
}

/// Which kernels a column stands for, and the numbers above.
class Chart {
 public:
  explicit Chart(std::size_t kernels)
      : kernels_(kernels), a_column_((kernels + chart_columns - 1) / chart_columns) {}

  std::string ruler() const {
    std::string text;
    const std::size_t apart = kernels_ < 1000 ? 4 : 8;  // room for the numbers
    for (std::size_t column = 0; column * a_column_ < kernels_; column += apart) {
      text.resize(column, ' ');
      text += std::to_string(column * a_column_);
    }
    return text;
  }

  std::string row(const LaunchTemporary& temporary) const {
    const std::size_t first = temporary.first / a_column_;
    const std::size_t last = temporary.last / a_column_;
    return std::string(first, ' ') + std::string(last - first + 1, '#');
  }

  std::string note() const {
    return a_column_ == 1 ? "" : fmt::format("  (a column is {} kernels)", a_column_);
  }

 private:
  std::size_t kernels_, a_column_;
};

std::string place_of(const LaunchTemporary& temporary) {
  if (!temporary.output.empty()) return shortened("in " + temporary.output, 10);
  return temporary.offset ? bytes_text(*temporary.offset) : "";
}

std::string chart_text(const LaunchReport& report) {
  std::size_t left_out = 0;
  const auto shown = shown_of(report, left_out);
  if (shown.empty()) return "";
  const auto label = [](const LaunchTemporary& each) {
    const std::string over = each.in_place_of.empty() ? "" : " over " + each.in_place_of;
    return shortened(each.name + over, longest_name);
  };
  const auto bytes = [](const LaunchTemporary& each) {
    return each.bytes.number ? bytes_text(*each.bytes.number)
                             : shortened(each.bytes.expression, 16);
  };
  std::size_t width = 11;
  std::size_t bytes_width = 9;
  for (const LaunchTemporary* each : shown) {
    width = std::max(width, label(*each).size() + 2);
    bytes_width = std::max(bytes_width, bytes(*each).size());
  }
  const Chart chart(report.kernels.size());
  const auto line = [&](const std::string& name, const std::string& place, const std::string& size,
                        const std::string& row) {
    std::string text =
        fmt::format("{:<{}}  {:>10} {:>{}}  {}", name, width, place, size, bytes_width, row);
    return shortened(text, 100) + "\n";
  };
  std::string text =
      "\n" + line("temporaries", report.peak ? "offset" : "", "bytes", chart.ruler());
  for (const LaunchTemporary* each : shown)
    text += line("  " + label(*each), place_of(*each), bytes(*each), chart.row(*each));
  if (left_out > 0) text += fmt::format("  and {} more, none larger\n", left_out);
  if (!chart.note().empty()) text += chart.note() + "\n";
  return text;
}

}  // namespace

std::string launch_text(const LaunchReport& report) {
  return kernels_text(report) + memory_text(report) + chart_text(report);
}

}  // namespace tcc::driver
