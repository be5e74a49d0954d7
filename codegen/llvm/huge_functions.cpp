// Huge functions in a module of their own, in short blocks.
#include "codegen/llvm/huge_functions.h"

#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

#include <algorithm>
#include <vector>

namespace tcc {
namespace {

bool is_huge(const llvm::Function& function) {
  return function.getInstructionCount() > max_optimized_instructions;
}

/// Memory on the stack has its place in the frame only if it is asked for in the first block.
void gather_allocas(llvm::BasicBlock& entry) {
  std::vector<llvm::AllocaInst*> allocas;
  for (llvm::Instruction& each : entry) {
    if (auto* alloca = llvm::dyn_cast<llvm::AllocaInst>(&each)) allocas.push_back(alloca);
  }
  for (auto alloca = allocas.rbegin(); alloca != allocas.rend(); ++alloca) {
    (*alloca)->moveBefore(entry, entry.begin());
  }
}

void cut(llvm::BasicBlock& block) {
  std::vector<llvm::Instruction*> firsts;
  std::size_t count = 0;
  for (llvm::Instruction& each : block) {
    if (llvm::isa<llvm::PHINode>(each) || llvm::isa<llvm::AllocaInst>(each)) continue;
    if (++count % max_huge_block == 0) firsts.push_back(&each);
  }
  // From the end: each cut moves what is behind it.
  for (auto first = firsts.rbegin(); first != firsts.rend(); ++first)
    block.splitBasicBlock((*first)->getIterator());
}

void cut_blocks(llvm::Function& function) {
  gather_allocas(function.getEntryBlock());
  std::vector<llvm::BasicBlock*> blocks;
  for (llvm::BasicBlock& block : function)
    blocks.push_back(&block);
  for (llvm::BasicBlock* block : blocks)
    cut(*block);
}

/// Functions that are declared, and called by nobody.
void drop_unused_declarations(llvm::Module& module) {
  for (auto next = module.begin(); next != module.end();) {
    llvm::Function& function = *next++;
    if (function.isDeclaration() && function.use_empty()) function.eraseFromParent();
  }
}

}  // namespace

std::unique_ptr<llvm::Module> take_huge_functions(llvm::Module& module) {
  if (std::none_of(module.begin(), module.end(), is_huge)) return nullptr;
  llvm::ValueToValueMapTy copies;
  auto huge = llvm::CloneModule(module, copies, [](const llvm::GlobalValue* global) {
    const auto* function = llvm::dyn_cast<llvm::Function>(global);
    return !function || is_huge(*function);
  });
  for (llvm::Function& function : module) {
    if (is_huge(function)) function.deleteBody();
  }
  drop_unused_declarations(module);
  drop_unused_declarations(*huge);
  for (llvm::Function& function : *huge) {
    if (!function.isDeclaration()) cut_blocks(function);
  }
  return huge;
}

}  // namespace tcc
