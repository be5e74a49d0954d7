// For tests of passes: IR text before, IR text after, and the same results.
#include "tests/support/pass_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {

namespace {

std::string kernels_of(const LoopProgram& program) {
  std::string text;
  for (const Kernel& kernel : program.kernels)
    text += print(program, kernel);
  return text;
}

}  // namespace

LoopProgram after_pass(std::string_view name, LoopProgram program) {
  const auto passes = all_passes();
  const auto pass =
      std::find_if(passes.begin(), passes.end(), [&](const Pass& one) { return one.name == name; });
  if (pass == passes.end()) {
    ADD_FAILURE() << "no pass is called " << name;
    return program;
  }
  program = pass->run(std::move(program), {});
  for (const std::string& breach : verify(program))
    ADD_FAILURE() << breach << "\n" << print(program);
  return program;
}

void expect_pass(std::string_view pass, std::string_view header, std::string_view before,
                 std::string_view after, const std::vector<std::int64_t>& sizes) {
  const auto text_of = [&](std::string_view body) {
    return fmt::format("{}\nkernel y {{\n{}}}\n", header, body);
  };
  const LoopProgram plain = program_from(text_of(before));
  for (const std::string& breach : verify(plain))
    ADD_FAILURE() << "before: " << breach;
  const LoopProgram done = after_pass(pass, plain);
  EXPECT_EQ(kernels_of(done), fmt::format("kernel y {{\n{}}}\n", after));
  EXPECT_EQ(print(program_from(print(done))), print(done)) << "it does not read back";
  expect_same_results(plain, done, sizes);
}

}  // namespace tcc::ir
