// The types that a node's operands must have, for the constructors and the verifier alike.
#pragma once

#include <string>

#include "ir/stmt.h"

namespace tcc::ir {

/// "f32", "f32 x 8".
std::string to_string(ValueType type);

/// The type that a node has by its operands. `stated` gives what they do not: the dtype of
/// literals, variables, casts and loads, the lanes of variables, ramps and broadcasts. Operands may
/// be null.
ValueType result_type(const ExprNode::Value& value, ValueType stated);

/// What is wrong with a node's type or its operands' types, in words; empty where all agree.
std::string type_error(const ExprNode& node);
std::string type_error(const StmtNode& node);

}  // namespace tcc::ir
