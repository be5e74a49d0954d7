// Pictures.
#include "runtime/files/ppm.h"

#include <fmt/format.h>

#include "runtime/files/file_errors.h"
#include "runtime/files/npy.h"
#include "runtime/files/replace_file.h"

namespace tcc {

std::string fault_of_picture(const Tensor& tensor) {
  if (tensor.rank() != 3 || tensor.shape()[2] != 3) {
    return "a picture is u8[H, W, 3]\n  help: for shades of grey, "
           "img[i, j, c in 0:3] = grey[i, j]";
  }
  if (tensor.dtype() != DType::u8) {
    return fmt::format(
        "a picture is u8[H, W, 3], this is {}\n  help: convert it, as in "
        "u8(255.0 * x) where x is between 0 and 1",
        name_of(tensor.dtype()));
  }
  if (tensor.element_count() == 0) return "a picture has at least one pixel";
  return "";
}

tl::expected<void, Error> write_ppm(const std::string& path, const Tensor& tensor) {
  if (const std::string fault = fault_of_picture(tensor); !fault.empty()) {
    return tl::make_unexpected(unwritable_file(path, fault));
  }
  const Tensor dense = tensor.contiguous();
  const std::string header = fmt::format("P6\n{} {}\n255\n", dense.shape()[1], dense.shape()[0]);
  const std::string_view parts[] = {header, bytes_of(dense)};
  return replace_file(path, parts);
}

}  // namespace tcc
