// Loop IR to machine code: emission, optimization, an object in memory, linked by ORC.
//
// Everything is local to one call but the registration of LLVM's target, which happens once. The
// code refers to no symbol of the process; the few that LLVM's code generator may call are defined
// here, so that they are found in a stripped binary too.
#include "runtime/cpu_jit.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include <cmath>
#include <cstring>
#include <mutex>

#include <fmt/format.h>

#include "codegen/llvm/emit_llvm.h"
#include "codegen/llvm/huge_functions.h"
#include "dsl/diagnostic.h"
#include "runtime/float_mode.h"

namespace tcc {
namespace {

template <typename T> using Expected = tl::expected<T, std::string>;

/// LLVM 21 turned names of triples from text to values.
#if LLVM_VERSION_MAJOR >= 21
const llvm::Triple& named(const llvm::Triple& triple) { return triple; }
#else
const std::string& named(const llvm::Triple& triple) { return triple.str(); }
#endif

/// A CPU as LLVM knows it.
struct Cpu {
  std::string name;
  std::string features;  ///< "+avx2,-avx512f,..": beyond what the name says
};

struct Machine {
  Cpu cpu;
  llvm::Triple triple;
  std::unique_ptr<llvm::TargetMachine> target;
};

void initialize_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

/// The host's features by name, sorted: a feature that an operating system or a hypervisor holds
/// back is no feature, whatever the CPU's name says.
std::map<std::string, bool> host_features() {
  std::map<std::string, bool> sorted;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    sorted[feature.getKey().str()] = feature.getValue();
  }
  return sorted;
}

Cpu host_cpu() {
  Cpu cpu{llvm::sys::getHostCPUName().str(), ""};
  for (const auto& [name, present] : host_features()) {
    if (!cpu.features.empty()) cpu.features += ',';
    cpu.features += (present ? '+' : '-') + name;
  }
  return cpu;
}

llvm::CodeGenOptLevel code_level(int optimization) {
  if (optimization <= 0) return llvm::CodeGenOptLevel::None;
  if (optimization == 1) return llvm::CodeGenOptLevel::Less;
  if (optimization == 2) return llvm::CodeGenOptLevel::Default;
  return llvm::CodeGenOptLevel::Aggressive;
}

Expected<Machine> make_machine(const CpuCodeOptions& options) {
  initialize_llvm();
  Machine machine;
  machine.triple = llvm::Triple(llvm::sys::getProcessTriple());
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(named(machine.triple), error);
  if (!target) return tl::unexpected(fmt::format("LLVM has no code generator here: {}", error));
  const std::string& name = options.target.cpu;
  if (!name.empty()) {
    const std::unique_ptr<llvm::MCSubtargetInfo> any(
        target->createMCSubtargetInfo(named(machine.triple), "", ""));
    if (!any->isCPUStringValid(name)) {
      return tl::unexpected(fmt::format("LLVM {} knows no CPU called '{}' for {}",
                                        LLVM_VERSION_STRING, name, machine.triple.str()));
    }
  }
  machine.cpu = name.empty() ? host_cpu() : Cpu{name, ""};
  llvm::TargetOptions target_options;
  target_options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  machine.target.reset(target->createTargetMachine(
      named(machine.triple), machine.cpu.name, machine.cpu.features, target_options,
      llvm::Reloc::PIC_, llvm::CodeModel::Small, code_level(options.optimization)));
  if (!machine.target) return tl::unexpected(std::string("LLVM has no code generator here"));
  return machine;
}

std::vector<std::string> enabled_features(const Machine& machine) {
  const llvm::MCSubtargetInfo& info = *machine.target->getMCSubtargetInfo();
  std::vector<std::string> enabled;
  for (const auto& feature : info.getAllProcessorFeatures()) {
    if (info.getFeatureBits().test(feature.Value)) enabled.emplace_back(feature.Key);
  }
  return enabled;
}

/// Features of x86 that arithmetic code is made of; not those of systems and of cryptography.
bool is_used_by_kernels(const Machine& machine, std::string_view feature) {
  if (!machine.triple.isX86()) return true;
  static constexpr std::string_view families[] = {
      "adx",   "avx",    "bmi",  "cmov", "cx",   "f16c", "fma",        "gfni", "lzcnt",
      "movbe", "popcnt", "sahf", "sse",  "ssse", "tbm",  "vpclmulqdq", "xop",
  };
  return std::any_of(std::begin(families), std::end(families),
                     [feature](std::string_view family) { return feature.starts_with(family); });
}

/// Why the host cannot execute code for this CPU; empty where it can.
std::string execution_fault(const Machine& machine, const ir::Target& target) {
  if (target.cpu.empty()) return "";
  const std::map<std::string, bool> host = host_features();
  std::vector<std::string> missing;
  for (const std::string& feature : enabled_features(machine)) {
    const auto found = host.find(feature);
    const bool absent = found != host.end() && !found->second;
    if (absent && is_used_by_kernels(machine, feature)) missing.push_back(feature);
  }
  if (missing.empty()) return "";
  return fmt::format("code for '{}' cannot be run here: this CPU lacks {}", target.name,
                     fmt::join(missing, ", "));
}

LlvmOptions emission_options(const Machine& machine) {
  const std::vector<std::string> enabled = enabled_features(machine);
  const bool has_f16c = std::find(enabled.begin(), enabled.end(), "f16c") != enabled.end();
  return {.has_f16_conversions = has_f16c || machine.triple.isAArch64()};
}

void set_attributes(llvm::Module& module, const Machine& machine, const ir::Target& target) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("target-cpu", machine.cpu.name);
    if (!machine.cpu.features.empty()) {
      function.addFnAttr("target-features", machine.cpu.features);
    }
    function.addFnAttr("prefer-vector-width", std::to_string(target.limits.vector_bytes * 8));
  }
}

/// The passes of each level: what emitted kernels profit from, and no more, since compile time
/// counts. Loops come rotated, and no calls stand in them. There is no pass that makes calls of
/// loops (memset), and no unrolling with remainders: schedules say how far a loop is unrolled, and
/// more makes tiles spill. None may re-associate floats, for no operation has that flag.
constexpr std::array<std::string_view, 4> pipelines = {
    "",

    "function(sroa<modify-cfg>,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,loop-"
    "mssa(licm),"
    "instsimplify,adce)",

    "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(licm,simple-loop-unswitch),loop(indvars,loop-deletion,loop-unroll-full),"
    "sroa<modify-cfg>,gvn,loop-mssa(licm),instcombine<no-verify-fixpoint>,adce,simplifycfg,"
    "loop-vectorize,infer-alignment,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm),"
    "adce)",

    "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(licm,simple-loop-unswitch<nontrivial>),"
    "loop(indvars,loop-deletion,loop-unroll-full),"
    "sroa<modify-cfg>,gvn,instcombine<no-verify-fixpoint>,dse,loop-mssa(licm),adce,simplifycfg,"
    "loop-vectorize,loop-load-elim,infer-alignment,instcombine<no-verify-fixpoint>,simplifycfg,"
    "slp-vectorizer,vector-combine,instcombine<no-verify-fixpoint>,early-cse<memssa>,loop-mssa("
    "licm),"
    "div-rem-pairs,adce,simplifycfg)",
};

void optimize(llvm::Module& module, const Machine& machine, int optimization) {
  const std::string_view pipeline =
      pipelines[static_cast<std::size_t>(std::clamp(optimization, 0, 3))];
  if (pipeline.empty()) return;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::TargetLibraryInfoImpl library(machine.triple);
  library.disableAllFunctions();
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  llvm::PassBuilder builder(machine.target.get());
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  if (llvm::Error error = builder.parsePassPipeline(passes, llvm::StringRef(pipeline))) {
    bug(llvm::toString(std::move(error)));
  }
  passes.run(module, modules);
}

llvm::SmallVector<char, 0> generate(llvm::Module& module, const Machine& machine,
                                    llvm::CodeGenFileType form, llvm::CodeGenOptLevel level) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  machine.target->setOptLevel(level);
  llvm::legacy::PassManager passes;
  if (machine.target->addPassesToEmitFile(passes, stream, nullptr, form)) {
    bug("LLVM's code generator writes no such file");
  }
  passes.run(module);
  return bytes;
}

/// A program's kernels: the ordinary ones optimized, and those that are too large for it.
struct Modules {
  std::unique_ptr<llvm::Module> optimized;
  std::unique_ptr<llvm::Module> huge;  ///< or null
  int optimization;
};

/// As asked for, but less for programs of very many kernels, whose compilation would take minutes.
/// No value depends on it: the loop IR says every rounding.
int affordable_optimization(const ir::LoopProgram& program, int wanted) {
  constexpr std::size_t many = 500;
  constexpr std::size_t very_many = 2000;
  if (program.kernels.size() > very_many) return 0;
  return program.kernels.size() > many ? std::min(wanted, 1) : wanted;
}

void announce(const CpuCodeOptions& options, std::string_view part) {
  if (options.on_part) options.on_part(part);
}

Modules make_modules(const ir::LoopProgram& program, const Machine& machine,
                     const CpuCodeOptions& options, llvm::LLVMContext& context) {
  announce(options, "emit");
  auto module = emit_llvm(program, context, emission_options(machine));
  module->setDataLayout(machine.target->createDataLayout());
  module->setTargetTriple(named(machine.triple));
  set_attributes(*module, machine, options.target);
  auto huge = take_huge_functions(*module);
  const int optimization = affordable_optimization(program, options.optimization);
  announce(options, "optimize");
  optimize(*module, machine, optimization);
  return {std::move(module), std::move(huge), optimization};
}

/// The code of each module, that of huge kernels by the ways whose time grows linearly.
std::vector<llvm::SmallVector<char, 0>> generate_all(const Modules& modules, const Machine& machine,
                                                     llvm::CodeGenFileType form) {
  std::vector<llvm::SmallVector<char, 0>> all;
  all.push_back(generate(*modules.optimized, machine, form, code_level(modules.optimization)));
  if (modules.huge) {
    all.push_back(generate(*modules.huge, machine, form, llvm::CodeGenOptLevel::None));
  }
  return all;
}

/// What LLVM's code generator calls: fma and rounding to whole numbers where the CPU has none (x86
/// before SSE4.1 and FMA; exact, so libm's give the same bits), and memory in bulk.
llvm::orc::SymbolMap library_symbols(llvm::orc::LLJIT& jit) {
  llvm::orc::SymbolMap symbols;
  const auto define = [&](const char* name, auto* function) {
    symbols[jit.mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                                          llvm::JITSymbolFlags::Exported};
  };
  define("fma", static_cast<double (*)(double, double, double)>(std::fma));
  define("fmaf", static_cast<float (*)(float, float, float)>(std::fma));
  using OfDouble = double (*)(double);
  using OfFloat = float (*)(float);
  define("floor", static_cast<OfDouble>(std::floor));
  define("floorf", static_cast<OfFloat>(std::floor));
  define("ceil", static_cast<OfDouble>(std::ceil));
  define("ceilf", static_cast<OfFloat>(std::ceil));
  define("trunc", static_cast<OfDouble>(std::trunc));
  define("truncf", static_cast<OfFloat>(std::trunc));
  define("roundeven", static_cast<OfDouble>(std::nearbyint));
  define("roundevenf", static_cast<OfFloat>(std::nearbyint));
  define("memcpy", &std::memcpy);
  define("memmove", &std::memmove);
  define("memset", &std::memset);
  return symbols;
}

class LinkedCode : public CpuCode {
 public:
  const std::vector<tcc_kernel>& kernels() const override { return kernels_; }

  llvm::Error link(const CpuObjects& objects, std::size_t count) {
    llvm::orc::LLJITBuilder builder;
    builder
        .setJITTargetMachineBuilder(
            llvm::orc::JITTargetMachineBuilder(llvm::Triple(llvm::sys::getProcessTriple())))
        .setLinkProcessSymbolsByDefault(false)
        .setPlatformSetUp(llvm::orc::setUpInactivePlatform);
    auto made = builder.create();
    if (!made) return made.takeError();
    jit_ = std::move(*made);
    auto error = jit_->getMainJITDylib().define(llvm::orc::absoluteSymbols(library_symbols(*jit_)));
    if (error) return error;
    for (const std::string& object : objects) {
      error = jit_->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, "tcc"));
      if (error) return error;
    }
    for (std::size_t k = 0; k < count; ++k) {
      auto address = jit_->lookup(fmt::format("kernel_{}", k));
      if (!address) return address.takeError();
      kernels_.push_back(address->toPtr<tcc_kernel>());
    }
    return llvm::Error::success();
  }

 private:
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::vector<tcc_kernel> kernels_;
};

}  // namespace

Expected<CpuObjects> generate_cpu_objects(const ir::LoopProgram& program,
                                          const CpuCodeOptions& options) {
  const DefaultFloatMode mode;
  auto machine = make_machine(options);
  if (!machine) return tl::unexpected(machine.error());
  if (std::string fault = execution_fault(*machine, options.target); !fault.empty()) {
    return tl::unexpected(std::move(fault));
  }
  llvm::LLVMContext context;
  context.setDiscardValueNames(true);
  const Modules modules = make_modules(program, *machine, options, context);
  announce(options, "generate");
  CpuObjects objects;
  for (const auto& bytes : generate_all(modules, *machine, llvm::CodeGenFileType::ObjectFile))
    objects.emplace_back(bytes.begin(), bytes.end());
  return objects;
}

Expected<std::shared_ptr<const CpuCode>> link_cpu_objects(const CpuObjects& objects,
                                                          std::size_t kernels) {
  initialize_llvm();
  auto code = std::make_shared<LinkedCode>();
  if (auto error = code->link(objects, kernels)) {
    return tl::unexpected(
        fmt::format("LLVM could not link the code: {}", llvm::toString(std::move(error))));
  }
  return code;
}

Expected<std::shared_ptr<const CpuCode>> compile_for_cpu(const ir::LoopProgram& program,
                                                         const CpuCodeOptions& options) {
  return generate_cpu_objects(program, options).and_then([&](const CpuObjects& objects) {
    return link_cpu_objects(objects, program.kernels.size());
  });
}

Expected<std::string> cpu_code_text(const ir::LoopProgram& program, const CpuCodeOptions& options,
                                    CpuText form) {
  const auto machine = make_machine(options);
  if (!machine) return tl::unexpected(machine.error());
  llvm::LLVMContext context;
  const Modules modules = make_modules(program, *machine, options, context);
  std::string text;
  if (form == CpuText::assembly) {
    for (const auto& part : generate_all(modules, *machine, llvm::CodeGenFileType::AssemblyFile)) {
      text.append(part.begin(), part.end());
    }
    return text;
  }
  llvm::raw_string_ostream stream(text);
  modules.optimized->print(stream, nullptr);
  if (modules.huge) modules.huge->print(stream, nullptr);
  return text;
}

std::string describe_cpu_jit() {
  return fmt::format("LLVM {}, {}, {}-bit vectors", LLVM_VERSION_STRING,
                     llvm::sys::getHostCPUName().str(), ir::host_target().limits.vector_bytes * 8);
}

const std::string& host_cpu_identity() {
  static const std::string identity = [] {
    const Cpu cpu = host_cpu();
    return fmt::format("LLVM {}, {}, {}, {}", LLVM_VERSION_STRING, llvm::sys::getProcessTriple(),
                       cpu.name, cpu.features);
  }();
  return identity;
}

}  // namespace tcc
