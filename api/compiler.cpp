// Programs that were compiled before, by their text and options.
#include <tcc/compiler.h>

#include <future>
#include <list>
#include <mutex>
#include <unordered_map>

#include "api/cache_key.h"
#include "api/import_files.h"
#include "api/program_state.h"
#include "runtime/cache_folder.h"
#include "runtime/disk_cache.h"
#include "runtime/fork_safe_mutex.h"

namespace tcc {

namespace {

using StatePointer = std::shared_ptr<const Program::State>;

/// Everything that the program's state has: also what changes no code, like names in messages.
std::string memory_key(std::string_view text, const CompileOptions& options) {
  std::string key = key_of(options);
  key += std::to_string(options.threads) + ' ' + std::to_string(options.specializations) + ' ';
  for (const std::string_view part :
       {std::string_view(options.file), std::string_view(options.schedule),
        std::string_view(options.schedule_file), text}) {
    key += std::to_string(part.size()) + ':';
    key += part;
  }
  return key;
}

bool are_imports_unchanged(const Program::State& program) {
  return imports_are_unchanged(program.text().imports, program.text().sources);
}

std::shared_ptr<DiskCache> disk_cache(const CompilerOptions& options) {
  const std::string folder = options.cache_folder ? *options.cache_folder : default_cache_folder();
  if (folder.empty()) return nullptr;
  return std::make_shared<DiskCache>(folder, options.cache_bytes);
}

}  // namespace

class Compiler::State {
 public:
  explicit State(const CompilerOptions& options)
      : cache_(disk_cache(options)), most_(std::max<std::size_t>(options.programs, 1)) {}

  StatePointer compile(std::string_view text, const CompileOptions& options) {
    const std::string key = memory_key(text, options);
    for (;;) {
      const auto [slot, is_new] = slot_for(key);
      if (is_new) fill(key, *slot, text, options);
      StatePointer program = slot->result.get();  // waits for, and throws as, the one that fills it
      if (is_new || are_imports_unchanged(*program)) return program;
      forget(key, slot.get());
    }
  }

  void clear() {
    std::list<Entry> forgotten;  // destroyed without the lock
    const std::lock_guard lock(mutex_);
    by_key_.clear();
    forgotten.swap(programs_);
  }

 private:
  /// A program that is there or on its way.
  struct Slot {
    std::promise<StatePointer> promise;
    std::shared_future<StatePointer> result = promise.get_future().share();
  };
  struct Entry {
    std::string key;
    std::shared_ptr<Slot> slot;
  };
  struct Found {
    std::shared_ptr<Slot> slot;
    bool is_new;  ///< the caller has to fill it
  };

  Found slot_for(const std::string& key) {
    std::list<Entry> forgotten;  // destroyed without the lock
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      programs_.splice(programs_.begin(), programs_, found->second);
      return {programs_.front().slot, false};
    }
    programs_.push_front({key, std::make_shared<Slot>()});
    by_key_.emplace(programs_.front().key, programs_.begin());
    if (programs_.size() > most_) {
      by_key_.erase(programs_.back().key);
      forgotten.splice(forgotten.end(), programs_, std::prev(programs_.end()));
    }
    return {programs_.front().slot, true};
  }

  void fill(const std::string& key, Slot& slot, std::string_view text,
            const CompileOptions& options) {
    PipelineOptions pipeline;
    pipeline.compile = options;
    pipeline.cache = cache_;
    try {
      slot.promise.set_value(std::make_shared<const Program::State>(text, std::move(pipeline)));
    } catch (...) {
      forget(key, &slot);  // before anybody is woken: who comes later tries again
      slot.promise.set_exception(std::current_exception());
    }
  }

  /// Unless another one has taken the slot's place.
  void forget(const std::string& key, const Slot* slot) {
    std::list<Entry> forgotten;  // destroyed without the lock
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || found->second->slot.get() != slot) return;
    const auto entry = found->second;
    by_key_.erase(found);
    forgotten.splice(forgotten.end(), programs_, entry);
  }

  std::shared_ptr<DiskCache> cache_;
  std::size_t most_;
  ForkSafeMutex mutex_;
  std::list<Entry> programs_;  ///< the one used last in front
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

Compiler::Compiler(const CompilerOptions& options) : state_(std::make_unique<State>(options)) {}
Compiler::~Compiler() = default;

Compiler& Compiler::shared() {
  static Compiler& compiler = *new Compiler;  // objects that outlive all others may still compile
  return compiler;
}

Program Compiler::compile(std::string_view text, const CompileOptions& options) {
  return Program(state_->compile(text, options));
}

std::variant<Program, Error> Compiler::try_compile(std::string_view text,
                                                   const CompileOptions& options) {
  try {
    return compile(text, options);
  } catch (const Error& error) {
    return error;
  }
}

void Compiler::clear() { state_->clear(); }

Program compile(std::string_view text, const CompileOptions& options) {
  return Compiler::shared().compile(text, options);
}

std::variant<Program, Error> try_compile(std::string_view text, const CompileOptions& options) {
  return Compiler::shared().try_compile(text, options);
}

}  // namespace tcc
