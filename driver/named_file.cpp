// The array files that the command line takes, told by their names.
#include "driver/named_file.h"

#include <algorithm>

namespace tcc::driver {

namespace {

struct Ending {
  std::string_view text;
  FileForm form;
};
constexpr Ending archives[] = {{".npz", FileForm::npz}, {".safetensors", FileForm::safetensors}};
constexpr Ending all[] = {{".npy", FileForm::npy},
                          {".npz", FileForm::npz},
                          {".safetensors", FileForm::safetensors},
                          {".ppm", FileForm::ppm}};

}  // namespace

NamedFile parse_named_file(std::string_view text) {
  std::size_t colon = std::string_view::npos;
  FileForm form = FileForm::unknown;
  for (const Ending& ending : archives) {
    const std::size_t at = text.find(std::string(ending.text) + ":");
    if (at == std::string_view::npos || at + ending.text.size() >= colon) continue;
    colon = at + ending.text.size();
    form = ending.form;
  }
  if (form != FileForm::unknown) {
    return {form, std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  }
  for (const Ending& ending : all) {
    if (text.ends_with(ending.text)) return {ending.form, std::string(text), ""};
  }
  return {FileForm::unknown, std::string(text), ""};
}

}  // namespace tcc::driver
