// Several arrays in one of NumPy's .npz files: a ZIP archive of .npy files.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <tcc/tensor.h>
#include <tl/expected.hpp>

namespace tcc {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// Reads the array `member`, which is called `member.npy` in the archive; stored or deflated, as
/// np.savez and np.savez_compressed write it. The archive is read with distrust: its directory is
/// checked as a whole (zip_directory.h), the member against its checksum.
/// Errors: environment where there is no such file or no memory; program where the archive or the
/// array is malformed, or has no such member.
[[nodiscard]] tl::expected<Tensor, Error> read_npz(const std::string& path,
                                                   const std::string& member);

/// What the arrays of an archive are called, in its order. Errors as read_npz.
[[nodiscard]] tl::expected<std::vector<std::string>, Error> npz_members(const std::string& path);

/// Writes the tensors as members `NAME.npy`, not packed; replaces a file as a whole.
/// Errors: environment; program for what write_npy refuses.
[[nodiscard]] tl::expected<void, Error> write_npz(const std::string& path,
                                                  std::span<const NamedTensor> tensors);

}  // namespace tcc
