// `tcc run --steps`: updates from run to run, batches, params in files.
#include <gtest/gtest.h>
#include <tcc/tcc.h>

#include <fmt/format.h>

#include "runtime/files/npy.h"
#include "runtime/files/npz.h"
#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

Tensor array_of(const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
  Tensor tensor = Tensor::empty(DType::f32, shape);
  std::copy(values.begin(), values.end(), tensor.data<float>());
  return tensor;
}

std::vector<float> read(const std::string& path, const std::string& member) {
  const auto tensor = read_npz(path, member);
  if (!tensor) throw tensor.error();
  const auto values = tensor->values<float>();
  return {values.begin(), values.end()};
}

/// Sums the rows that it is given, and counts the steps.
const char* const running_sum =
    "param total: f32[K], steps: i32\n"
    "input x: f32[B, K]\n"
    "update total = total + sum(x, 0)\n"
    "update steps = steps + 1\n"
    "output seen = steps\n";

struct Files {
  TemporaryFolder folder;
  std::string x = folder / "x.npy";
  std::string zero = folder / "zero.npz";
  std::string saved = folder / "saved.npz";

  Files() {
    EXPECT_TRUE(write_npy(x, array_of({5, 2}, {1, 10, 2, 20, 3, 30, 4, 40, 5, 50})));
    const NamedTensor params[] = {{"total", array_of({2}, {0, 0})},
                                  {"steps", Tensor::zeros(DType::i32, {})},
                                  {"unused", array_of({1}, {7})}};
    EXPECT_TRUE(write_npz(zero, params));
  }

  ProcessResult run(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"run", "-e", running_sum, "-i", "x=" + x};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_tcc(arguments);
  }
};

/// Two rows a step: the fifth fills no batch, and the third step begins again.
TEST(Steps, WalkBatchesAndCommitUpdates) {
  const Files files;
  const ProcessResult result = files.run({"--load-params", files.zero, "--steps", "3", "--batch",
                                          "x=2", "--verify", "--save-params", files.saved});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("seen: i32\n2\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("verified: total.next"), std::string::npos) << result.out;
  EXPECT_EQ(read(files.saved, "total"), (std::vector<float>{13, 130}));
  EXPECT_EQ(npz_members(files.saved).value(), (std::vector<std::string>{"total", "steps"}));
}

TEST(Steps, OneRunIsOneStepOfAllRows) {
  const Files files;
  const ProcessResult result =
      files.run({"--load-params", files.zero, "--save-params", files.saved});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(read(files.saved, "total"), (std::vector<float>{15, 150}));
  const ProcessResult more =
      files.run({"--load-params", files.saved, "--steps", "2", "--save-params", files.saved});
  EXPECT_EQ(more.code, 0) << more.err;
  EXPECT_EQ(read(files.saved, "total"), (std::vector<float>{45, 450}));
}

/// Gradient steps by hand: the fit of y = 3 x - 1 gets there.
TEST(Steps, FitALine) {
  const TemporaryFolder folder;
  std::vector<float> x(64);
  std::vector<float> y(64);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i) / 32 - 1;
    y[i] = 3 * x[i] - 1;
  }
  EXPECT_TRUE(write_npy(folder / "x.npy", array_of({64}, x)));
  EXPECT_TRUE(write_npy(folder / "y.npy", array_of({64}, y)));
  const ProcessResult result = run_tcc(
      {"run", "-e",
       "param w: f32, b: f32; input x: f32[N], y: f32[N]\n"
       "e = w * x + b - y; update w = w - 0.5 * mean(e * x); update b = b - 0.5 * mean(e)\n"
       "output loss = mean(e * e)",
       "-i", "w=0", "-i", "b=0", "-i", "x=" + (folder / "x.npy"), "-i", "y=" + (folder / "y.npy"),
       "--batch", "x=16", "--batch", "y=16", "--steps", "2000", "--save-params", folder / "p.npz"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NEAR(read(folder / "p.npz", "w")[0], 3, 1e-4);
  EXPECT_NEAR(read(folder / "p.npz", "b")[0], -1, 1e-4);
}

TEST(Steps, SayWhatIsWrong) {
  const Files files;
  struct Case {
    std::vector<std::string> arguments;
    int code;
    const char* part;
  };
  const std::string& zero = files.zero;
  const std::vector<Case> cases = {
      {{"--steps", "0"}, 2, "--steps"},
      {{"--batch", "x"}, 2, "write NAME=NUMBER"},
      {{"--batch", "x=0"}, 2, "write NAME=NUMBER"},
      {{"--load-params", "p.npy"}, 2, "not the name of an .npz"},
      {{"--save-params", "p.npz:W"}, 2, "not the name of an .npz"},
      {{"--load-params", zero, "--batch", "y=2"}, 1, "no input 'y'"},
      {{"--load-params", zero, "--batch", "x=6"}, 1, "'x' has 5 rows, but a batch has 6"},
      {{"--load-params", zero, "--batch", "x=2", "--batch", "x=2"}, 1, "walked twice"},
      {{"--load-params", zero, "--batch", "total=1"}, 1, "'total' is a param"},
      {{"--load-params", zero, "-i", "steps=1"}, 1, "leave its -i out"},
      {{"--load-params", "absent.npz"}, 3, "absent.npz"},
      {{"--load-params", files.saved}, 1, "it holds: other"},
      {{"-i", "steps=1"}, 1, "param 'total' is not bound"},
  };
  const NamedTensor other[] = {{"other", array_of({1}, {7})}};
  EXPECT_TRUE(write_npz(files.saved, other));
  for (const Case& each : cases) {
    const ProcessResult result = files.run(each.arguments);
    EXPECT_EQ(result.code, each.code) << each.part << result.err;
    EXPECT_NE(result.err.find(each.part), std::string::npos) << each.part << ":\n" << result.err;
  }
  const auto walk = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "run", "-e",           "input x: f32[B, 2], z: f32, u: f32[C]; y = x * z; v = u",
        "-i",  "x=" + files.x, "-i",
        "z=1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_tcc(arguments).err;
  };
  const auto expect_part = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  expect_part(walk({"--batch", "z=1"}), "no rows to walk");
  expect_part(walk({"--batch", "u=1"}), "'u' is to be walked, but not bound");
  EXPECT_TRUE(write_npy(files.folder / "u.npy", array_of({3}, {1, 2, 3})));
  expect_part(walk({"-i", "u=" + (files.folder / "u.npy"), "--batch", "x=1", "--batch", "u=1"}),
              "'u' has 3 batches of 1 rows, but 'x' has 5 of 1");
  const ProcessResult none =
      run_tcc({"run", "-e", "y = x", "-i", "x=1", "--save-params", files.saved});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("the program has no params"), std::string::npos) << none.err;
}

}  // namespace
}  // namespace tcc::tests
