#include "bench/new_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace bench {

namespace {

constexpr const char* flag = "--first-result";

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// What the process writes to its standard output until it ends.
std::string output_of(const char* const* arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t process = 0;
  const int failed = posix_spawn(&process, arguments[0], &actions, nullptr,
                                 const_cast<char* const*>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string output;
  char buffer[256];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof(buffer))) > 0;)
    output.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  if (failed == 0) waitpid(process, &status, 0);
  if (failed != 0 || status != 0) throw std::runtime_error("the new process failed");
  return output;
}

const CompiledText* text_named(const char* name) {
  for (const CompiledText* text : {&elementwise_text, &matmul_text, &matmul_512_text})
    if (std::strcmp(text->name, name) == 0) return text;
  return nullptr;
}

}  // namespace

CacheFolder::CacheFolder() {
  std::string name = std::filesystem::temp_directory_path() / "tcc-bench-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

CacheFolder::~CacheFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

FirstResult first_result_in_new_process(const CompiledText& text, const CacheFolder& folder) {
  const char* arguments[] = {"/proc/self/exe", flag, text.name, folder.path().c_str(), nullptr};
  const auto begin = std::chrono::steady_clock::now();
  const std::string output = output_of(arguments);
  const double whole = seconds_since(begin);
  return {std::strtod(output.c_str(), nullptr), whole};
}

std::optional<int> serve_new_process(int argc, char** argv) {
  if (argc != 4 || std::strcmp(argv[1], flag) != 0) return std::nullopt;
  const auto begin = std::chrono::steady_clock::now();
  setenv("XDG_CACHE_HOME", argv[3], 1);
  const CompiledText* text = text_named(argv[2]);
  if (text == nullptr) return 2;
  const std::vector<tcc::Tensor> inputs = inputs_of(*text);
  tcc::compile(program_of(*text)).run(inputs);
  std::printf("%.9f\n", seconds_since(begin));
  return 0;
}

}  // namespace bench
