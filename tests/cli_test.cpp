// The command line as a user meets it: exit codes, what goes where, files.
#include <gtest/gtest.h>
#include <tcc/tcc.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <fmt/format.h>

#include "runtime/files/npy.h"
#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

using Json = nlohmann::json;

struct Case {
  std::vector<std::string> arguments;
  int code;
  const char* out;  ///< part of standard output; "" where it is to be empty
  const char* err;
};

void expect_part(const std::string& text, const std::string& part, const char* where) {
  if (part.empty()) {
    EXPECT_EQ(text, "") << where;
  } else {
    EXPECT_NE(text.find(part), std::string::npos) << where << " has no '" << part << "':\n" << text;
  }
}

void expect_cases(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    std::string line = "tcc";
    for (const std::string& argument : each.arguments)
      line += " " + argument;
    SCOPED_TRACE(line);
    const ProcessResult result = run_tcc(each.arguments);
    EXPECT_EQ(result.code, each.code);
    expect_part(result.out, each.out, "standard output");
    expect_part(result.err, each.err, "standard error");
  }
}

TEST(CommandLine, Done) {
  expect_cases({
      {{"--help"}, 0, "tcc run -e", ""},
      {{"--version"}, 0, "tcc " TCC_VERSION, ""},
      {{"run", "--help"}, 0, "Example:", ""},
      {{"emit", "--help"}, 0, "the nests after the rewrites", ""},
      {{"check", "--help"}, 0, "Example:", ""},
      {{"doctor", "--help"}, 0, "Example:", ""},
      {{"fmt", "--help"}, 0, "Example:", ""},
      {{"run", "-e", "y = x * x", "-i", "x=3.0"}, 0, "y: f32\n9.0\n", ""},
      {{"run", "-e", "input x: f64; y = x * x", "-i", "x=3"}, 0, "y: f64\n9.0\n", ""},
      {{"run", "-e", "input x: f32[3]; y = x - x", "--random", "1"},
       0,
       "y: f32[3]\n[0. 0. 0.]",
       ""},
      {{"check", "-e", "input x: f32[M]; y = x + 1.0"}, 0, "", ""},
      {{"emit", "-e", "C = A @ B", "--stage", "ast"}, 0, "C", ""},
      {{"emit", "-e", "input x: f32[M]; y = x + 1.0"}, 0, "kernel y", ""},
      {{"doctor"}, 0, "LLVM", ""},
  });
}

TEST(CommandLine, ProgramOrInputsWrong) {
  expect_cases({
      {{"check", "-e", "y = "}, 1, "", "[syntax]"},
      {{"run", "-e", "input x: f32[3]; y = z"}, 1, "", "[undefined-name]"},
      {{"emit", "-e", "input x: f32[3]; y = z"}, 1, "", "<text>:1:"},
      {{"run", "-e", "C = A @ B"}, 1, "", "[missing-input]"},
      {{"emit", "-e", "C = A @ B"}, 1, "", "[missing-input]"},
      {{"run", "-e", "C = A @ B", "--random", "1"}, 1, "", "declare it, as in input A: f32"},
      {{"run", "-e", "input A: f32[M]; y = A + 1.0", "--random", "1"}, 1, "", "--set M="},
      {{"run", "-e", "y = x + 1.0", "-i", "z=1.0"}, 1, "", "no input 'z'"},
      {{"run", "-e", "y = x + 1.0", "-i", "x=1.0", "-o", "z=z.npy"}, 1, "", "no output 'z'"},
      {{"emit", "-e", "input x: f32[3]; y = x + 1.0", "--def", "z"}, 1, "", "no 'z'"},
  });
}

TEST(CommandLine, CommandLineWrong) {
  expect_cases({
      {{}, 2, "", "tcc --help"},
      {{"spam"}, 2, "", "tcc --help"},
      {{"tune", "x.tc"}, 2, "", "tcc --help"},
      {{"run"}, 2, "", "no program"},
      {{"run", "x.tc", "-e", "y = x"}, 2, "", "choose one"},
      {{"run", "x.tc", "y.tc"}, 2, "", "tcc run --help"},
      {{"run", "x.tc", "--spam"}, 2, "", "--spam"},
      {{"run", "x.tc", "-i", "A"}, 2, "", "NAME=VALUE"},
      {{"run", "x.tc", "-i", "A=a.txt"}, 2, "", "neither a number nor the name of an array file"},
      {{"run", "x.tc", "-i", "A=a.npz"}, 2, "", "as in A=a.npz:A"},
      {{"run", "x.tc", "-i", "A=a.ppm"}, 2, "", "written, not read"},
      {{"run", "x.tc", "-o", "C=c.npz"}, 2, "", "holds all outputs: -o c.npz"},
      {{"run", "x.tc", "-o", "c.npy"}, 2, "", "NAME=FILE"},
      {{"run", "x.tc", "-o", "C=c.safetensors"}, 2, "", "writes .npy, .npz and .ppm"},
      {{"run", "x.tc", "-i", "1A=a.npy"}, 2, "", "NAME=VALUE"},
      {{"run", "x.tc", "-o", "C"}, 2, "", "NAME=FILE"},
      {{"run", "x.tc", "-o", "C=c.txt"}, 2, "", ".npy"},
      {{"run", "x.tc", "--set", "M"}, 2, "", "NAME=NUMBER"},
      {{"run", "x.tc", "--set", "M=one"}, 2, "", "NAME=NUMBER"},
      {{"run", "x.tc", "--set", "M=1", "--set", "M=2"}, 2, "", "set twice"},
      {{"run", "-e", "y = x + 1.0", "-i", "x=1.0", "-i", "x=2.0"}, 2, "", "bound twice"},
      {{"emit", "-e", "y = x", "--target", "spam"}, 2, "", "no target 'spam'"},
      {{"run", "x.tc", "-O4"}, 2, "", "-O"},
      {{"run", "x.tc", "--random", "x"}, 2, "", "--random"},
      {{"emit", "x.tc", "--stage", "spam"}, 2, "", "choose one of ast, graph"},
      {{"emit", "x.tc", "--print-after", "spam"}, 2, "", "choose one of"},
  });
}

TEST(CommandLine, EnvironmentCannot) {
  expect_cases({
      {{"run", "absent.tc"}, 3, "", "cannot read 'absent.tc': No such file"},
      {{"check", "/"}, 3, "", "it is a directory"},
      {{"run", "-e", "y = x", "-i", "x=absent.npy"}, 3, "", "cannot read 'absent.npy'"},
      {{"run", "-e", "y = x", "-i", "x=absent.npz:x"}, 3, "", "cannot read 'absent.npz'"},
      {{"run", "-e", "y = x", "-i", "x=1.0", "-o", "/absent/out.npz"}, 3, "", "cannot write"},
      {{"run", "-e", "y = x", "-i", "x=1.0", "-o", "y=/absent/y.npy"}, 3, "", "cannot write"},
      {{"run", "-e", "y = x", "--target", "cuda"}, 3, "", "cannot compile for 'cuda'"},
      {{"run", "-e", "y = x", "--target", "emulator"}, 3, "", "cannot compile for 'emulator'"},
      {{"emit", "-e", "y = x", "--stage", "ptx"}, 3, "", "no stage 'ptx'"},
      {{"emit", "-e", "y = x", "--schedule", "absent"}, 3, "", "cannot read 'absent'"},
  });
}

TEST(CommandLine, ProgramsComeFromFilesAndStandardInput) {
  const TemporaryFolder folder;
  const std::string path = folder / "p.tc";
  std::ofstream(path) << "y = x + 1.0\n";
  EXPECT_EQ(run_tcc({"run", path, "-i", "x=1.5"}).out, "y: f32\n2.5\n");
  EXPECT_EQ(run_tcc({"run", "-", "-i", "x=1.5"}, "y = x + 1.0").out, "y: f32\n2.5\n");
  EXPECT_NE(run_tcc({"check", "-"}, "y = ").err.find("<stdin>:1:"), std::string::npos);
  std::ofstream(path) << "y = ";
  EXPECT_NE(run_tcc({"check", path}).err.find(path + ":1:"), std::string::npos);
}

TEST(CommandLine, OptionsAreObeyed) {
  const std::string text = "input x: f32[M]; y = relu(x) + 1.0";
  const auto emitted = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"emit", "-e", text});
    const ProcessResult result = run_tcc(options);
    EXPECT_EQ(result.code, 0) << result.err;
    return result;
  };
  const std::string plain = emitted({"--stage", "loops"}).out;
  EXPECT_EQ(emitted({"--stage", "scheduled", "--no-schedule"}).out, plain);
  EXPECT_NE(emitted({"--stage", "scheduled"}).out, plain);
  EXPECT_NE(emitted({"--stage", "loops", "--set", "M=100"}).out.find("0:100"), std::string::npos);
  EXPECT_NE(emitted({"--steps"}).out.find("# "), std::string::npos);
  EXPECT_NE(emitted({"--print-after", "all"}).err.find("# after simplify_program"),
            std::string::npos);
  EXPECT_NE(emitted({"--time-passes"}).err.find(" ms  all"), std::string::npos);
  EXPECT_NE(emitted({"--stage", "loops", "--def", "y"}).out.find("kernel y"), std::string::npos);
}

/// The scheduler's own schedule, kept in a file and given back, makes the same nest.
TEST(CommandLine, EmittedScheduleGivesTheSameNest) {
  const TemporaryFolder folder;
  const std::string text = "input A: f32[M, K], B: f32[K, N]; C = relu(A @ B)";
  const std::string file = folder / "c.schedule";
  ASSERT_EQ(run_tcc({"emit", "-e", text, "--stage", "schedule", "-o", file}).code, 0);
  const std::string chosen = run_tcc({"emit", "-e", text, "--stage", "scheduled"}).out;
  const ProcessResult given =
      run_tcc({"emit", "-e", text, "--stage", "scheduled", "--schedule", file});
  EXPECT_EQ(given.code, 0) << given.err;
  EXPECT_EQ(given.out, chosen);
}

void write_matrix(const std::string& path, std::vector<std::int64_t> shape, double start) {
  const Tensor tensor = Tensor::empty(DType::f32, std::move(shape));
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
    tensor.data<float>()[i] = static_cast<float>(std::sin(start + static_cast<double>(i)));
  }
  const auto written = write_npy(path, tensor);
  ASSERT_TRUE(written) << written.error().what();
}

void expect_product(const Tensor& a, const Tensor& b, const Tensor& c, std::int64_t size) {
  ASSERT_EQ(c.shape(), (std::vector<std::int64_t>{size, size}));
  for (std::int64_t i = 0; i < size; ++i) {
    for (std::int64_t j = 0; j < size; ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < size; ++k) {
        sum += double{a.data<float>()[i * size + k]} * double{b.data<float>()[k * size + j]};
      }
      ASSERT_NEAR(c.data<float>()[i * size + j], sum, 1e-4) << size << ": " << i << ", " << j;
    }
  }
}

/// What a shell offers after a line, by a script of tcc.
std::string completed(const std::string& line, int words) {
  const std::string script = fmt::format(
      "source <('{}' completion bash); COMP_WORDS=({}); COMP_CWORD={}; _tcc; echo "
      "${{COMPREPLY[@]}}",
      TCC_BINARY, line, words);
  const ProcessResult result = run_program("/bin/bash", {"-c", script});
  EXPECT_EQ(result.err, "");
  return result.out;
}

TEST(CommandLine, BashCompletes) {
  EXPECT_EQ(completed("tcc em", 1), "emit\n");
  EXPECT_EQ(completed("tcc completion z", 2), "zsh\n");
  EXPECT_EQ(completed("tcc emit --sta", 2), "--stage\n");
  EXPECT_EQ(completed("tcc emit --stage sched", 3), "schedule scheduled\n");
  EXPECT_EQ(completed("tcc run --print-after al", 3), "all\n");
  EXPECT_EQ(completed("tcc run --stage", 2), "\n");
  EXPECT_NE(completed("tcc run --v", 2).find("--verify"), std::string::npos);
}

TEST(CommandLine, OtherShellsTakeTheirScripts) {
  for (const char* shell : {"zsh", "fish"}) {
    const ProcessResult script = run_tcc({"completion", shell});
    EXPECT_EQ(script.code, 0);
    EXPECT_NE(script.out.find("verify"), std::string::npos);
    const std::string program = fmt::format("/usr/bin/{}", shell);
    if (!std::filesystem::exists(program)) continue;
    const TemporaryFolder folder;
    std::ofstream(folder / "script") << script.out;
    const ProcessResult checked = run_program(program, {"-n", folder / "script"});
    EXPECT_EQ(checked.code, 0) << checked.err;
  }
  EXPECT_EQ(run_tcc({"completion", "csh"}).code, 2);
}

TEST(CommandLine, OptionsOfLaterVersionsAreTaken) {
  const std::string text = "input x: f32[M]; y = x + 1.0";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run", "--random", "1", "--set", "M=2"}, {"emit"}, {"check"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"-e", text});
    const ProcessResult plain = run_tcc(arguments);
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{"--bounds-check"}, {"--allow-tf32"}, {"--no-cache"}}) {
      auto all = arguments;
      all.insert(all.end(), options.begin(), options.end());
      const ProcessResult result = run_tcc(all);
      EXPECT_EQ(result.code, 0) << options.front() << result.err;
      EXPECT_EQ(result.out, plain.out) << options.front();
    }
  }
  EXPECT_EQ(run_tcc({"run", "-e", text, "--cache", "x", "--no-cache"}).code, 2);
}

TEST(CommandLine, NumbersOfThreads) {
  const std::vector<std::string> command = {
      "run",   "-e",      "input x: f32[M]; y = sum(x * x); z = exp(x)", "--random", "1",
      "--set", "M=100003"};
  const ProcessResult plain = run_tcc(command);
  EXPECT_EQ(plain.code, 0) << plain.err;
  const auto with = [&](const char* threads) {
    auto all = command;
    all.insert(all.end(), {"--threads", threads});
    return run_tcc(all);
  };
  for (const char* threads : {"0", "1", "2", "3", "256"}) {
    const ProcessResult result = with(threads);
    EXPECT_EQ(result.code, 0) << threads << result.err;
    EXPECT_EQ(result.out, plain.out) << threads;
  }
  for (const char* threads : {"-1", "257", "99999999999999999999", "1.5", "two", ""}) {
    const ProcessResult result = with(threads);
    EXPECT_EQ(result.code, 2) << threads;
    EXPECT_NE(result.err.find("from 1 to 256, or 0 for all cores"), std::string::npos)
        << threads << result.err;
  }
}

TEST(CommandLine, FormatsInPlace) {
  const TemporaryFolder folder;
  const std::string path = folder / "p.tc";
  const auto contents = [&] {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  std::ofstream(path) << "y=x+1.0 # one\n";
  const ProcessResult check = run_tcc({"fmt", "--check", path});
  EXPECT_EQ(check.code, 1);
  EXPECT_EQ(check.out, "");
  EXPECT_EQ(check.err, path + " is not formatted\n");
  EXPECT_EQ(contents(), "y=x+1.0 # one\n");
  const ProcessResult formatted = run_tcc({"fmt", path});
  EXPECT_EQ(formatted.code, 0);
  EXPECT_EQ(formatted.out + formatted.err, "");
  EXPECT_EQ(contents(), "y = x + 1.0  # one\n");
  EXPECT_EQ(run_tcc({"fmt", "--check", path}).code, 0);
  std::ofstream(path) << "y=(x\n";
  const ProcessResult wrong = run_tcc({"fmt", path});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find("[syntax]"), std::string::npos) << wrong.err;
  EXPECT_EQ(contents(), "y=(x\n");
}

TEST(CommandLine, FormatsToStandardOutput) {
  EXPECT_EQ(run_tcc({"fmt", "-e", "y=x"}).out, "y = x\n");
  EXPECT_EQ(run_tcc({"fmt", "-"}, "y=x").out, "y = x\n");
  EXPECT_EQ(run_tcc({"fmt", "-", "--check"}, "y=x").code, 1);
  const Json json = Json::parse(run_tcc({"fmt", "-e", "y=x", "--json"}).out);
  EXPECT_EQ(json["changed"], true);
  EXPECT_EQ(json["text"], "y = x\n");
  EXPECT_EQ(Json::parse(run_tcc({"fmt", "-e", "y=(", "--json"}).out)["kind"], "syntax");
  EXPECT_EQ(run_tcc({"fmt"}).code, 2);
  EXPECT_EQ(run_tcc({"fmt", "absent.tc"}).code, 3);
}

TEST(CommandLine, ArraysGoThroughFilesAtEverySize) {
  const TemporaryFolder folder;
  for (const std::int64_t size : {0, 1, 3, 31, 64, 127}) {
    write_matrix(folder / "a.npy", {size, size}, 0);
    write_matrix(folder / "b.npy", {size, size}, 1);
    for (const char* text : {"C = A @ B", "input A: f32[M, K], B: f32[K, N]; C = A @ B"}) {
      const ProcessResult result =
          run_tcc({"run", "-e", text, "-i", "A=" + (folder / "a.npy"), "-i",
                   "B=" + (folder / "b.npy"), "-o", "C=" + (folder / "c.npy"), "--verify"});
      ASSERT_EQ(result.code, 0) << size << '\n' << result.err;
      EXPECT_TRUE(result.out.starts_with("verified: C max error ")) << result.out;
      expect_product(*read_npy(folder / "a.npy"), *read_npy(folder / "b.npy"),
                     *read_npy(folder / "c.npy"), size);
    }
  }
}

TEST(CommandLine, ArchivesHoldAllOutputs) {
  const TemporaryFolder folder;
  const Tensor zeros = Tensor::zeros(DType::f32, {2, 3});
  ASSERT_TRUE(write_npy(folder / "a.npy", zeros));
  const std::string archive = folder / "out.npz";
  const ProcessResult saved =
      run_tcc({"run", "-e", "B = A + 1.0; C = sum(A)", "-i", "A=" + (folder / "a.npy"), "-o",
               archive, "-o", "C=" + (folder / "c.npy")});
  ASSERT_EQ(saved.code, 0) << saved.err;
  EXPECT_EQ(saved.out, "");
  const ProcessResult again = run_tcc(
      {"run", "-e", "D = B - A", "-i", "B=" + archive + ":B", "-i", "A=" + (folder / "a.npy")});
  EXPECT_EQ(again.out, "D: f32[2, 3]\n[[1. 1. 1.]\n [1. 1. 1.]]\n") << again.err;
  const ProcessResult absent = run_tcc({"run", "-e", "D = B", "-i", "B=" + archive + ":b"});
  EXPECT_EQ(absent.code, 1);
  EXPECT_NE(absent.err.find("it has no 'b'"), std::string::npos) << absent.err;
  const Json json = Json::parse(
      run_tcc({"run", "-e", "B = A", "-i", "A=" + (folder / "a.npy"), "-o", archive, "--json"})
          .out);
  EXPECT_EQ(json["outputs"][0]["file"], archive + ":B");
  EXPECT_EQ(json["outputs"][0]["type"], "f32[2, 3]");
}

TEST(CommandLine, PicturesAreWritten) {
  const TemporaryFolder folder;
  const std::string picture = folder / "x.ppm";
  const ProcessResult written =
      run_tcc({"run", "-e", "img[i in 0:2, j in 0:4, c in 0:3] = u8(i * 100 + j * 10 + c)", "-o",
               "img=" + picture});
  ASSERT_EQ(written.code, 0) << written.err;
  std::ifstream file(picture, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(bytes.starts_with("P6\n4 2\n255\n")) << bytes;
  EXPECT_EQ(bytes.size(), 11u + 24u);
  EXPECT_EQ(static_cast<unsigned char>(bytes.back()), 132);
  const ProcessResult refused =
      run_tcc({"run", "-e", "y = x + 1.0; z = x", "-i", "x=1.0", "-o", "y=" + picture});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("a picture is u8[H, W, 3]"), std::string::npos) << refused.err;
}

TEST(CommandLine, SafetensorsAreRead) {
  const TemporaryFolder folder;
  const std::string header = R"({"m.weight":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}})";
  std::ofstream(folder / "m.safetensors", std::ios::binary)
      << static_cast<char>(header.size()) << std::string(7, '\0') << header << "\3\4";
  const ProcessResult result =
      run_tcc({"run", "-e", "y = x + 1", "-i", "x=" + (folder / "m.safetensors") + ":m.weight"});
  EXPECT_EQ(result.out, "y: i8[2]\n[4 5]\n") << result.err;
}

TEST(CommandLine, ScalarsTakeTheirInputsType) {
  EXPECT_EQ(run_tcc({"run", "-e", "input x: u8; y = x + 1", "-i", "x=254"}).out, "y: u8\n255\n");
  const ProcessResult large = run_tcc({"run", "-e", "input x: u8; y = x + 1", "-i", "x=256"});
  EXPECT_EQ(large.code, 1);
  EXPECT_NE(large.err.find("256 does not fit 'x', which is u8 [dtype-mismatch]"), std::string::npos)
      << large.err;
}

TEST(CommandLine, WrongArraysAreRefused) {
  const TemporaryFolder folder;
  write_matrix(folder / "a.npy", {2, 3}, 0);
  const auto run_with = [&](const std::string& text) {
    return run_tcc({"run", "-e", text, "-i", "A=" + (folder / "a.npy")});
  };
  const ProcessResult type = run_with("input A: f64[M, N]; y = A + 1.0");
  EXPECT_EQ(type.code, 1);
  EXPECT_NE(type.err.find("[dtype-mismatch]"), std::string::npos) << type.err;
  const ProcessResult rank = run_with("input A: f32[M]; y = A + 1.0");
  EXPECT_NE(rank.err.find("[rank-mismatch]"), std::string::npos) << rank.err;
  const ProcessResult size = run_with("input A: f32[M, M]; y = A + 1.0");
  EXPECT_NE(size.err.find("[size-mismatch]"), std::string::npos) << size.err;
  std::ofstream(folder / "a.npy") << "no array";
  const ProcessResult malformed = run_with("y = A + 1.0");
  EXPECT_EQ(malformed.code, 1);
  EXPECT_NE(malformed.err.find("it is no .npy file"), std::string::npos) << malformed.err;
}

TEST(CommandLine, RandomInputsAreTheSameEachTime) {
  const std::vector<std::string> arguments = {
      "run", "-e", "input x: f32[M], z: f32[M]; y = x + z", "--set", "M=5", "--random"};
  const auto run_with = [&](const char* seed) {
    auto all = arguments;
    all.emplace_back(seed);
    return run_tcc(all).out;
  };
  EXPECT_NE(run_with("1").find("y: f32[5]"), std::string::npos);
  EXPECT_EQ(run_with("1"), run_with("1"));
  EXPECT_NE(run_with("1"), run_with("2"));
}

TEST(CommandLine, SizesOfRandomInputsComeFromBoundOnes) {
  const TemporaryFolder folder;
  write_matrix(folder / "a.npy", {2, 3}, 0);
  const ProcessResult result = run_tcc({"run", "-e", "input A: f32[M, K], B: f32[K, 4]; C = A @ B",
                                        "-i", "A=" + (folder / "a.npy"), "--random", "1"});
  EXPECT_NE(result.out.find("C: f32[2, 4]"), std::string::npos) << result.err;
}

TEST(CommandLine, JsonOfRun) {
  const ProcessResult result =
      run_tcc({"run", "-e", "input x: f32[2]; y[i, j in 0:2] = x[i] / (1.0 * j); z = sum(x)",
               "--random", "1", "--verify", "--json"});
  ASSERT_EQ(result.code, 0) << result.out << result.err;
  const Json parsed = Json::parse(result.out);
  ASSERT_EQ(parsed["outputs"].size(), 2u);
  EXPECT_EQ(parsed["outputs"][0]["name"], "y");
  EXPECT_EQ(parsed["outputs"][0]["dtype"], "f32");
  EXPECT_EQ(parsed["outputs"][0]["shape"], Json({2, 2}));
  EXPECT_TRUE(parsed["outputs"][0]["values"][1][0].is_string());  // an infinity
  EXPECT_TRUE(parsed["outputs"][0]["values"][1][1].is_number());
  EXPECT_TRUE(parsed["outputs"][1]["values"].is_number());
  EXPECT_EQ(parsed["verified"][0]["output"], "y");
  EXPECT_EQ(parsed["verified"][0]["within_bounds"], true);
}

TEST(CommandLine, JsonOfErrors) {
  const ProcessResult result = run_tcc({"check", "-e", "a = \nb = (", "--json"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "");
  std::istringstream lines(result.out);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const Json first = Json::parse(line);
  EXPECT_EQ(first["severity"], "error");
  EXPECT_EQ(first["kind"], "syntax");
  EXPECT_EQ(first["file"], "<text>");
  EXPECT_TRUE(first["line"].is_number());
  EXPECT_TRUE(first["column"].is_number());

  EXPECT_EQ(Json::parse(run_tcc({"check", "absent.tc", "--json"}).out)["category"], "environment");
  EXPECT_EQ(Json::parse(run_tcc({"check", "--json"}).out)["category"], "command-line");
}

TEST(CommandLine, JsonOfEmitAndDoctor) {
  const std::string text = "input x: f32[M]; y = x + 1.0";
  const Json stage = Json::parse(run_tcc({"emit", "-e", text, "--stage", "graph", "--json"}).out);
  EXPECT_EQ(stage["stage"], "graph");
  EXPECT_TRUE(stage["text"].is_string());
  const Json steps = Json::parse(run_tcc({"emit", "-e", text, "--steps", "--json"}).out);
  EXPECT_TRUE(steps["steps"].is_array());
  const Json doctor = Json::parse(run_tcc({"doctor", "--json"}).out);
  EXPECT_EQ(doctor["findings"][2]["name"], "test");
  EXPECT_EQ(doctor["findings"][2]["status"], "ok");
}

}  // namespace
}  // namespace tcc::tests
