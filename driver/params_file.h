// `--load-params` and `--save-params`: the values of a program's params, in one .npz.
#pragma once

#include <string>
#include <vector>

#include "driver/input_binding.h"

namespace tcc::driver {

/// Why a text is not the name of an archive; empty where it is one.
std::string fault_of_archive(const std::string& text);

/// The params of a program, in order.
std::vector<std::string> param_names(const Program& program);

/// Binds each param that the archive has a member for. Other members are left alone, so that a
/// program can load what a larger one has saved. Throws Error: of the file, `redefinition` for a
/// param that is bound already, `undefined-name` where the archive has no param of the program.
void load_params(const std::string& path, const Program& program,
                 std::vector<InputBinding>& bindings);

/// Throws Error (undefined-name) where there is nothing to save: before anything is computed.
void require_params_to_save(const Program& program);

/// Writes all params, found in the program's inputs. Throws Error.
void save_params(const std::string& path, const Program& program,
                 const std::vector<Tensor>& inputs);

}  // namespace tcc::driver
