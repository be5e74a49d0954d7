// Programs that were compiled before: in memory, on disk, by several threads at once.
#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "api/program_state.h"
#include "runtime/disk_cache.h"
#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

using tests::TemporaryFolder;

std::vector<float> squares(const Program& program) {
  std::vector<float> x = {1, 2, 3};
  const Tensor y = program(Tensor::view(x, {3}));
  return {y.values<float>().begin(), y.values<float>().end()};
}

const std::vector<float> expected = {1, 4, 9};

std::size_t files_in(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    count += entry.is_regular_file() ? 1 : 0;
  return count;
}

TEST(Compiler, GivesTheSameProgramForTheSameText) {
  Compiler compiler({.cache_folder = ""});
  const Program first = compiler.compile("y = x * x");
  const Program second = compiler.compile("y = x * x");
  EXPECT_EQ(&first.state(), &second.state());
  EXPECT_EQ(squares(second), expected);
}

TEST(Compiler, TellsOptionsApart) {
  Compiler compiler({.cache_folder = ""});
  const std::string text = "input x: f32[N]; y = x * x";
  const Program plain = compiler.compile(text);
  for (const CompileOptions& options :
       {CompileOptions{.file = "other.tc"}, CompileOptions{.sizes = {{"N", 3}}},
        CompileOptions{.scheduling = Scheduling::none}, CompileOptions{.strict = true},
        CompileOptions{.optimization = 0}, CompileOptions{.threads = 2},
        CompileOptions{.specializations = 0}}) {
    const Program other = compiler.compile(text, options);
    EXPECT_NE(&plain.state(), &other.state());
    EXPECT_EQ(squares(other), expected);
  }
}

TEST(Compiler, ForgetsTheProgramUsedLeast) {
  Compiler compiler({.cache_folder = "", .programs = 2});
  const auto* first = &compiler.compile("y = x + 1.0").state();
  const Program second = compiler.compile("y = x + 2.0");
  EXPECT_EQ(&compiler.compile("y = x + 1.0").state(), first);  // used: the second is the oldest now
  const Program third = compiler.compile("y = x + 3.0");
  EXPECT_EQ(&compiler.compile("y = x + 3.0").state(), &third.state());
  EXPECT_NE(&compiler.compile("y = x + 2.0").state(), &second.state());
}

TEST(Compiler, ReadsImportedFilesAgain) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f.tc";
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  Compiler compiler({.cache_folder = folder.path() + "/cache"});
  const std::string text = "import \"" + path + "\"\ny = f(x)";
  write("def f(x) = x * x");
  const Program before = compiler.compile(text);
  EXPECT_EQ(squares(before), expected);
  EXPECT_EQ(&compiler.compile(text).state(), &before.state());
  write("def f(x) = x + x");
  EXPECT_EQ(squares(compiler.compile(text)), (std::vector<float>{2, 4, 6}));
  EXPECT_EQ(squares(before), expected);
}

TEST(Compiler, AnErrorIsReportedEachTime) {
  Compiler compiler({.cache_folder = ""});
  for (int i = 0; i < 3; ++i)
    EXPECT_THROW(compiler.compile("y = x +"), Error);
  EXPECT_TRUE(std::holds_alternative<Error>(compiler.try_compile("y = x +")));
}

TEST(Compiler, ThreadsWaitForOneCompile) {
  Compiler compiler({.cache_folder = ""});
  std::vector<const Program::State*> states(16);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < states.size(); ++t) {
    threads.emplace_back(
        [&, t] { states[t] = &compiler.compile("input x: f32[N]; y = x * x").state(); });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (const Program::State* state : states)
    EXPECT_EQ(state, states.front());
}

TEST(Compiler, FindsOnDiskWhatAnotherOneHasCompiled) {
  const TemporaryFolder folder;
  const CompilerOptions options{.cache_folder = folder.path()};
  const std::string text = "input x: f32[N]; assert N >= 2; y = x * x";
  EXPECT_EQ(squares(Compiler(options).compile(text)), expected);
  const std::size_t files = files_in(folder.path());
  EXPECT_GT(files, 0U);
  Compiler other(options);
  std::vector<std::string> stages;
  PipelineOptions pipeline;
  pipeline.on_stage = [&](std::string_view stage) { stages.emplace_back(stage); };
  pipeline.cache = std::make_shared<DiskCache>(folder.path());
  const Program found(std::make_shared<const Program::State>(text, pipeline));
  EXPECT_EQ(std::count(stages.begin(), stages.end(), "code"), 0);
  EXPECT_EQ(squares(found), expected);
  EXPECT_EQ(files_in(folder.path()), files);
  // What runs report, and what was chosen, is the same.
  std::vector<float> one = {1};
  const Tensor short_input = Tensor::view(one, {1});
  EXPECT_THROW(found.run({&short_input, 1}), Error);
  EXPECT_EQ(found.schedule(), compile(text).schedule());
}

TEST(Compiler, WhatIsDamagedOnDiskIsCompiledAgain) {
  const TemporaryFolder folder;
  const CompilerOptions options{.cache_folder = folder.path()};
  const std::string text = "input x: f32[N]; y = x * x";
  Compiler(options).compile(text);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
    file.put('!');
  }
  EXPECT_EQ(squares(Compiler(options).compile(text)), expected);
}

}  // namespace
}  // namespace tcc
