// tcc emit --stage launch as a user meets it.
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

using Json = nlohmann::json;

Json launch_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"emit", "--stage", "launch", "--json", "--no-schedule"});
  const ProcessResult result = run_tcc(arguments);
  EXPECT_EQ(result.code, 0) << result.err;
  return Json::parse(result.out)["variants"];
}

constexpr const char* layers =
    "input x: f32[N, 32]; param W: f32[32, 64]; h = relu(x @ W); y = softmax(h); output y";

TEST(EmitLaunch, JsonHasWhatTheTextHas) {
  const Json variants = launch_of({"-e", layers, "--set", "N=10"});
  ASSERT_EQ(variants.size(), 1U);
  const Json& run = variants[0];
  EXPECT_EQ(run["condition"], "");
  EXPECT_EQ(run["params_bytes"], 4 * 32 * 64);
  EXPECT_EQ(run["inputs_bytes"], 4 * 10 * 32);
  EXPECT_EQ(run["outputs_bytes"], 4 * 10 * 64);
  EXPECT_EQ(run["unknown_sizes"], Json::array());
  EXPECT_GE(run["peak_bytes"], run["lower_bound_bytes"]);
  EXPECT_LT(run["peak_bytes"], run["without_sharing_bytes"]);
  EXPECT_EQ(run["kernels"][0]["name"], "h.1");
  EXPECT_EQ(run["temporaries"][0]["name"], "h.1");
  EXPECT_EQ(run["temporaries"][0]["bytes"], 4 * 10 * 64);
  EXPECT_EQ(run["temporaries"][0]["last_kernel"], 1);
}

TEST(EmitLaunch, WithoutSizesThereAreExpressions) {
  const Json run = launch_of({"-e", layers})[0];
  EXPECT_EQ(run["unknown_sizes"], Json::array({"N"}));
  EXPECT_EQ(run["peak_bytes"], nullptr);
  EXPECT_EQ(run["inputs_bytes"], "N * 128");
  EXPECT_EQ(run["params_bytes"], 4 * 32 * 64);
  EXPECT_EQ(run["temporaries"][0]["offset"], nullptr);
}

TEST(EmitLaunch, BoundInputsGiveSizes) {
  const std::string data = std::string(TCC_SOURCE_DIR) + "/examples/data/";
  const std::string text = "input A: f32[M, K], B: f32[K, N]; C = (A @ B) * sum(A @ B)";
  const Json run =
      launch_of({"-e", text, "-i", "A=" + data + "A.npy", "-i", "B=" + data + "B.npy"})[0];
  EXPECT_EQ(run["unknown_sizes"], Json::array());
  EXPECT_EQ(run["outputs_bytes"], 4 * 2 * 4);
  const Json half = launch_of({"-e", text, "-i", "A=" + data + "A.npy"})[0];
  EXPECT_EQ(half["unknown_sizes"], Json::array({"N"}));
}

TEST(EmitLaunch, SaysWhatIsWrong) {
  const auto result = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"emit", "--stage", "launch", "--no-schedule", "-e"});
    return run_tcc(arguments);
  };
  const ProcessResult no_definition = result({layers, "--def", "g"});
  EXPECT_EQ(no_definition.code, 1);
  EXPECT_NE(no_definition.err.find("there is no 'g' at this stage"), std::string::npos);
  const ProcessResult no_input = result({layers, "-i", "z=1.0"});
  EXPECT_EQ(no_input.code, 1);
  EXPECT_NE(no_input.err.find("the program has no input 'z'"), std::string::npos);
  const ProcessResult too_large =
      result({"input x: f32[N]; y[i, j] = x[i] * x[j]; z = y + y.T; s = sum(z); output s", "--set",
              "N=1000000000"});
  EXPECT_EQ(too_large.code, 3);
  EXPECT_NE(too_large.err.find("the temporaries need more than any machine has, 'y' the most"),
            std::string::npos)
      << too_large.err;
}

}  // namespace
}  // namespace tcc::tests
