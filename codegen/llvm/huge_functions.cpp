// Huge functions in a module of their own, in short blocks, their literals in tables.
#include "codegen/llvm/huge_functions.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
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

/// Literals that LLVM would look up in a list of all those of the function, at each use.
bool is_listed(const llvm::Value* operand) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(operand);
  if (!constant || constant->isNullValue()) return false;
  if (constant->getType()->isIntOrIntVectorTy(1)) return false;  // masks are made in registers
  if (llvm::isa<llvm::ConstantFP>(constant)) return true;
  return constant->getType()->isVectorTy() &&
         llvm::isa<llvm::ConstantDataVector, llvm::ConstantVector, llvm::ConstantInt>(constant);
}

/// Of one type: each literal's place in a table.
using Places = llvm::MapVector<llvm::Constant*, std::uint64_t>;

llvm::GlobalVariable* make_table(llvm::Module& module, llvm::Type* type, const Places& places) {
  std::vector<llvm::Constant*> values;
  for (const auto& [value, place] : places)
    values.push_back(value);
  auto* array = llvm::ArrayType::get(type, values.size());
  auto* table = new llvm::GlobalVariable(module, array, /*isConstant=*/true,
                                         llvm::GlobalValue::PrivateLinkage,
                                         llvm::ConstantArray::get(array, values), "literals");
  table->setAlignment(module.getDataLayout().getABITypeAlign(type));
  return table;
}

/// Literals are read from tables.
void tabulate_literals(llvm::Function& function) {
  llvm::MapVector<llvm::Type*, Places> places;
  std::vector<llvm::Use*> uses;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& each : block) {
      if (llvm::isa<llvm::PHINode>(each)) continue;
      for (llvm::Use& use : each.operands()) {
        if (!is_listed(use.get())) continue;
        uses.push_back(&use);
        Places& same_type = places[use->getType()];
        same_type.insert({llvm::cast<llvm::Constant>(use.get()), same_type.size()});
      }
    }
  }
  llvm::Module& module = *function.getParent();
  llvm::MapVector<llvm::Type*, llvm::GlobalVariable*> tables;
  for (const auto& [type, literals] : places)
    tables[type] = make_table(module, type, literals);
  for (llvm::Use* use : uses) {
    llvm::Type* type = use->get()->getType();
    llvm::GlobalVariable* table = tables[type];
    llvm::IRBuilder<> builder(llvm::cast<llvm::Instruction>(use->getUser()));
    llvm::Value* place = builder.CreateConstInBoundsGEP2_64(
        table->getValueType(), table, 0, places[type][llvm::cast<llvm::Constant>(use->get())]);
    use->set(builder.CreateAlignedLoad(type, place, table->getAlign()));
  }
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
    if (function.isDeclaration()) continue;
    tabulate_literals(function);
    cut_blocks(function);
  }
  return huge;
}

}  // namespace tcc
