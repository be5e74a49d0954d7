// What `tcc emit` shows: each stage of the pipeline as text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "api/pipeline.h"

namespace tcc::driver {

enum class Stage : std::uint8_t {
  ast,
  graph,
  loops,
  schedule,
  scheduled,
  passes,
  llvm,
  assembly,
  launch
};

struct StageInfo {
  std::string_view name;  ///< as `--stage` takes it
  Stage stage;
  std::string_view what;
};
std::span<const StageInfo> all_stages();

/// Names of stages that this version does not have.
std::span<const std::string_view> later_stages();

/// The values of one compilation that the text is made of. `lowered` is not needed for `ast`.
struct StageValues {
  const ParsedText& parsed;
  const Lowered& lowered;
  ir::Target target;
  int optimization;
  Scheduling scheduling = Scheduling::automatic;
  SizeValues sizes = {};  ///< known, for `launch`
};

/// The text of a stage, or of one definition in it. Ends with a newline.
/// Throws Error: program where there is no such definition at this stage, environment where
/// machine code cannot be made.
std::string stage_text(Stage stage, const StageValues& values,
                       const std::optional<std::string>& definition);

/// What `launch` shows of each variant, as data. Throws as above.
nlohmann::ordered_json launch_json(const StageValues& values,
                                   const std::optional<std::string>& definition);

}  // namespace tcc::driver
