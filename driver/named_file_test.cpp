#include "driver/named_file.h"

#include <gtest/gtest.h>

namespace tcc::driver {
namespace {

TEST(NamedFile, FormsAndMembers) {
  const struct {
    const char* text;
    FileForm form;
    const char* path;
    const char* member;
  } cases[] = {
      {"a.npy", FileForm::npy, "a.npy", ""},
      {"a:b.npy", FileForm::npy, "a:b.npy", ""},
      {"a.npz", FileForm::npz, "a.npz", ""},
      {"a.npz:x", FileForm::npz, "a.npz", "x"},
      {"a.npz:x.npy", FileForm::npz, "a.npz", "x.npy"},
      {"a.npz:", FileForm::npz, "a.npz", ""},
      {"m.safetensors:layers.0:w", FileForm::safetensors, "m.safetensors", "layers.0:w"},
      {"m.safetensors:a.npz:b", FileForm::safetensors, "m.safetensors", "a.npz:b"},
      {"a.npz:b.safetensors:c", FileForm::npz, "a.npz", "b.safetensors:c"},
      {"x.ppm", FileForm::ppm, "x.ppm", ""},
      {"x.txt", FileForm::unknown, "x.txt", ""},
      {"npy", FileForm::unknown, "npy", ""},
  };
  for (const auto& each : cases) {
    const NamedFile file = parse_named_file(each.text);
    EXPECT_EQ(file.form, each.form) << each.text;
    EXPECT_EQ(file.path, each.path) << each.text;
    EXPECT_EQ(file.member, each.member) << each.text;
  }
}

}  // namespace
}  // namespace tcc::driver
