// For tests: pictures as `tcc run -o img=x.ppm` writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tcc::tests {

/// From 0 to 255 each.
struct Colour {
  double red;
  double green;
  double blue;
};

/// Rows and columns of a part of a picture; the ends are outside.
struct Region {
  std::size_t top;
  std::size_t bottom;
  std::size_t left;
  std::size_t right;
};

struct Picture {
  std::size_t height;
  std::size_t width;
  std::vector<std::uint8_t> bytes;  ///< [height, width, 3]

  Colour at(std::size_t row, std::size_t column) const;
  Colour mean(const Region& region) const;
  std::size_t count(const std::function<bool(const Colour&)>& condition) const;
};

/// A binary PPM of 8 bits; throws std::runtime_error where the file is none.
Picture read_picture(const std::string& path);

}  // namespace tcc::tests
