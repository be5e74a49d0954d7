// For tests: pictures as `tcc run -o img=x.ppm` writes them.
#include "tests/support/picture.h"

#include <fstream>
#include <stdexcept>

namespace tcc::tests {

Colour Picture::at(std::size_t row, std::size_t column) const {
  const std::size_t place = 3 * (row * width + column);
  return {double(bytes.at(place)), double(bytes.at(place + 1)), double(bytes.at(place + 2))};
}

Colour Picture::mean(const Region& region) const {
  Colour sum = {0, 0, 0};
  for (std::size_t row = region.top; row < region.bottom; ++row) {
    for (std::size_t column = region.left; column < region.right; ++column) {
      const Colour colour = at(row, column);
      sum = {sum.red + colour.red, sum.green + colour.green, sum.blue + colour.blue};
    }
  }
  const auto pixels =
      static_cast<double>((region.bottom - region.top) * (region.right - region.left));
  return {sum.red / pixels, sum.green / pixels, sum.blue / pixels};
}

std::size_t Picture::count(const std::function<bool(const Colour&)>& condition) const {
  std::size_t count = 0;
  for (std::size_t row = 0; row < height; ++row) {
    for (std::size_t column = 0; column < width; ++column)
      count += condition(at(row, column)) ? 1 : 0;
  }
  return count;
}

Picture read_picture(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  Picture picture = {};
  int largest = 0;
  file >> magic >> picture.width >> picture.height >> largest;
  file.get();  // one white space ends the header
  picture.bytes.assign(std::istreambuf_iterator<char>(file), {});
  if (magic != "P6" || largest != 255 ||
      picture.bytes.size() != 3 * picture.height * picture.width) {
    throw std::runtime_error(path + " is no binary PPM of 8 bits");
  }
  return picture;
}

}  // namespace tcc::tests
