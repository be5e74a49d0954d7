// `run --repeat`, `run --profile` and `bench`: what they print, not how fast anything is.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

using Json = nlohmann::json;

constexpr const char* product = "input A: f32[M, K]; input B: f32[K, N]; C = relu(A @ B)";
constexpr const char* chain = "input x: f32[N]; y = exp(x) * 2.0";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// One folder for all, so that limits are measured once.
std::string cache() {
  static const TemporaryFolder folder;
  return folder / "cache";
}

ProcessResult run(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--cache", cache()});
  return run_tcc(arguments);
}

Json json_of(const ProcessResult& result) {
  EXPECT_EQ(result.code, 0) << result.err;
  Json json = Json::parse(result.out, nullptr, false);
  EXPECT_TRUE(json.is_object()) << result.out;
  return json;
}

TEST(CommandLineRepeat, SaysHowLongRunsTake) {
  const auto text = run({"run", "-e", chain, "--set", "N=3", "--random", "1", "--repeat", "11"});
  EXPECT_EQ(text.code, 0);
  EXPECT_TRUE(has(text.out, "y: f32[3]"));
  EXPECT_TRUE(has(text.err, "10 runs: ")) << text.err;
  EXPECT_TRUE(has(text.err, " in the median")) << text.err;
  const auto once = run({"run", "-e", chain, "--set", "N=3", "--random", "1", "--repeat", "1"});
  EXPECT_EQ(once.err, "");
  EXPECT_EQ(once.out, text.out) << "the same results, however often";

  Json json = json_of(
      run({"run", "-e", chain, "--set", "N=3", "--random", "1", "--repeat", "5", "--json"}));
  EXPECT_EQ(json["times"]["runs"], 4);
  EXPECT_GT(json["times"]["min_seconds"], 0);
  EXPECT_GE(json["times"]["median_seconds"], json["times"]["min_seconds"]);
  EXPECT_GE(json["times"]["max_seconds"], json["times"]["median_seconds"]);
  EXPECT_FALSE(json.contains("profile"));
}

/// A repeated run begins with the params that the first one began with.
TEST(CommandLineRepeat, DoesNotUpdateTwice) {
  const std::vector<std::string> arguments = {
      "run", "-e", "param w: f32; y = w * 1.0; update w = w + 1.0", "-i", "w=0.0", "--steps", "3"};
  std::vector<std::string> repeated = arguments;
  repeated.insert(repeated.end(), {"--repeat", "4", "--json"});
  EXPECT_TRUE(has(run(arguments).out, "2.0"));
  Json json = json_of(run(repeated));
  EXPECT_EQ(json["outputs"][0]["values"], 2.0);
  EXPECT_EQ(json["times"]["runs"], 9) << "three of each step";
}

TEST(CommandLineRepeat, Refuses) {
  for (const char* wrong : {"0", "-1", "x", "1.5"})
    EXPECT_EQ(run({"run", "-e", chain, "--repeat", wrong}).code, 2) << wrong;
}

TEST(CommandLineProfile, HasARowForEachKernel) {
  const auto text = run({"run", "-e", product, "--set", "M=8", "--set", "K=16", "--set", "N=4",
                         "--random", "1", "--profile", "--no-schedule"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_TRUE(text.err.starts_with("kernel ")) << text.err;
  for (const char* part : {"\nC.1 ", "\nC ", "\n(between kernels) ", "\n(whole run) ", "roofline"})
    EXPECT_TRUE(has(text.err, part)) << part << "\n" << text.err;

  Json json = json_of(run({"run", "-e", product, "--set", "M=8", "--set", "K=16", "--set", "N=4",
                           "--random", "1", "--profile", "--repeat", "4", "--json"}));
  Json& profile = json["profile"];
  EXPECT_EQ(profile["runs"], 3);
  ASSERT_EQ(profile["kernels"].size(), 1u);
  Json& kernel = profile["kernels"][0];
  EXPECT_EQ(kernel["name"], "C");
  EXPECT_EQ(kernel["calls"], 3);
  EXPECT_EQ(kernel["flops"], 2 * 8 * 16 * 4 + 8 * 4);
  EXPECT_EQ(kernel["bytes_read"], 4 * (8 * 16 + 16 * 4));
  EXPECT_EQ(kernel["bytes_written"], 4 * 8 * 4);
  EXPECT_EQ(kernel["flops_at_most"], false);
  EXPECT_GT(kernel["seconds"], 0);
  EXPECT_GT(kernel["roofline"], 0);
  EXPECT_TRUE(kernel["bound_by"] == "arithmetic" || kernel["bound_by"] == "L1") << kernel;
}

TEST(CommandLineProfile, CountsFunctionsApart) {
  Json json =
      json_of(run({"run", "-e", chain, "--set", "N=100", "--random", "1", "--profile", "--json"}));
  Json& kernel = json["profile"]["kernels"][0];
  EXPECT_EQ(kernel["flops"], 100);
  EXPECT_EQ(kernel["functions"], 100);
}

TEST(CommandLineProfile, ShortensLongLists) {
  std::string text = "input x: f32[4]; t0 = x";
  for (int d = 1; d <= 60; ++d)
    text += fmt::format("; t{} = t{} + 1.0", d, d - 1);
  text += "; output t60";
  const auto result = run({"run", "-e", text, "--random", "1", "--profile", "--no-schedule"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(has(result.err, "others) ")) << result.err;
  EXPECT_LE(std::count(result.err.begin(), result.err.end(), '\n'), 45) << result.err;
}

TEST(CommandLineBench, NeedsNothingButSizes) {
  const auto text = run({"bench", "-e", product, "--set", "M=8", "--set", "K=16", "--set", "N=4",
                         "--seconds", "0.02"});
  EXPECT_EQ(text.code, 0) << text.err;
  for (const char* part : {"compiled in ", "code ", "a run takes ", " in 5 rounds of ",
                           "memory: ", "limits of 1 thread: ", "\nC ", "\n(whole run) "})
    EXPECT_TRUE(has(text.out, part)) << part << "\n" << text.out;
  EXPECT_TRUE(std::filesystem::exists(cache() + "/machine-limits.json"));

  const auto missing = run({"bench", "-e", product, "--set", "M=8", "--set", "K=16"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_TRUE(has(missing.err, "--set N=")) << missing.err;
  EXPECT_EQ(missing.out, "");
}

TEST(CommandLineBench, AsJson) {
  Json json = json_of(run({"bench", "-e", chain, "--set", "N=64", "--seconds", "0", "--rounds", "3",
                           "--threads", "2", "--json"}));
  EXPECT_EQ(json["program"], "<text>");
  EXPECT_GT(json["compile"]["seconds"], 0);
  EXPECT_FALSE(json["compile"]["stages"].empty());
  EXPECT_EQ(json["run"]["rounds"].size(), 3u);
  EXPECT_EQ(json["run"]["runs"], 3) << "at least one a round";
  EXPECT_LE(json["run"]["least_median_seconds"], json["run"]["most_median_seconds"]);
  EXPECT_EQ(json["memory"]["input_bytes"], 256);
  EXPECT_EQ(json["memory"]["output_bytes"], 256);
  EXPECT_GT(json["memory"]["peak_bytes"], 1e6);
  ASSERT_EQ(json["limits"].size(), 2u);
  EXPECT_EQ(json["limits"][0]["threads"], 1);
  EXPECT_EQ(json["limits"][1]["threads"], 2);
  EXPECT_EQ(json["profile"]["kernels"][0]["name"], "y");
}

TEST(CommandLineBench, OfFreeNames) {
  const TemporaryFolder folder;
  ASSERT_EQ(
      run({"run", "-e", "input x: f32[5]; y = x", "--random", "1", "-o", "y=" + (folder / "y.npy")})
          .code,
      0);
  Json json = json_of(run({"bench", "-e", "z = y * 2.0", "-i", "y=" + (folder / "y.npy"),
                           "--seconds", "0", "--rounds", "1", "--json"}));
  EXPECT_EQ(json["profile"]["kernels"][0]["flops"], 5);
  EXPECT_EQ(run({"bench", "-e", "z = y * 2.0"}).code, 1) << "of no type";
}

TEST(CommandLineBench, Refuses) {
  EXPECT_EQ(run({"bench", "-e", chain, "--rounds", "0"}).code, 2);
  EXPECT_EQ(run({"bench", "-e", chain, "--seconds", "-1"}).code, 2);
  EXPECT_EQ(run({"bench", "-e", "y = ", "--seconds", "0"}).code, 1);
}

/// The stage `code` tells its parts.
TEST(CommandLineTimePasses, ShowsTheCodeGenerator) {
  const auto result =
      run_tcc({"run", "-e", chain, "--set", "N=3", "--random", "1", "--time-passes", "--no-cache"});
  EXPECT_EQ(result.code, 0);
  const std::size_t code = result.err.find("ms  code\n");
  ASSERT_NE(code, std::string::npos) << result.err;
  std::size_t last = code;
  for (const char* part : {"ms    emit\n", "ms    optimize\n", "ms    generate\n", "ms  link\n"}) {
    const std::size_t place = result.err.find(part);
    ASSERT_NE(place, std::string::npos) << part << result.err;
    EXPECT_GT(place, last) << part;
    last = place;
  }
}

}  // namespace
}  // namespace tcc::tests
