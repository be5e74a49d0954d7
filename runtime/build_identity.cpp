// What tells one build of tcc from another.
#include "runtime/build_identity.h"

#include <cstdint>
#include <cstring>
#include <string_view>

#include <elf.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/stat.h>

namespace tcc {

namespace {

constexpr std::string_view note_owner("GNU\0", 4);

std::size_t aligned(std::size_t size, std::size_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

/// The build id among the notes of a segment; empty where it has none. Each note is a header, the
/// owner's name and a description, both padded.
std::string build_id_in(std::string_view notes, std::size_t alignment) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes.data(), sizeof note);
    const std::size_t begin = aligned(sizeof note + note.n_namesz, alignment);
    const std::size_t end = aligned(begin + note.n_descsz, alignment);
    if (end > notes.size()) return "";
    if (note.n_type == NT_GNU_BUILD_ID && notes.substr(sizeof note, note.n_namesz) == note_owner) {
      return hexadecimal(notes.substr(begin, note.n_descsz));
    }
    notes.remove_prefix(end);
  }
  return "";
}

/// The executable or shared library in which an address lies.
struct Module {
  std::uintptr_t address;
  std::string path;
  std::string build_id;
};

bool holds(const dl_phdr_info& info, std::uintptr_t address) {
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr) & segment = info.dlpi_phdr[i];
    if (segment.p_type == PT_LOAD && address - info.dlpi_addr - segment.p_vaddr < segment.p_memsz) {
      return true;
    }
  }
  return false;
}

int visit_module(dl_phdr_info* info, std::size_t, void* data) {
  Module& module = *static_cast<Module*>(data);
  if (!holds(*info, module.address)) return 0;
  // The executable itself has no name here.
  module.path = *info->dlpi_name == '\0' ? "/proc/self/exe" : info->dlpi_name;
  for (int i = 0; i < info->dlpi_phnum && module.build_id.empty(); ++i) {
    const ElfW(Phdr) & segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* bytes = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
    module.build_id = build_id_in({bytes, segment.p_memsz}, segment.p_align == 8 ? 8 : 4);
  }
  return 1;
}

std::string find_identity() {
  Module module{reinterpret_cast<std::uintptr_t>(&find_identity), "", ""};
  ::dl_iterate_phdr(visit_module, &module);
  return module.build_id.empty() ? identity_of_file(module.path) : module.build_id;
}

}  // namespace

const std::string& build_identity() {
  static const std::string identity = find_identity();
  return identity;
}

std::string identity_of_file(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return "";
  return fmt::format("{}, device {} file {}, {} bytes, {}.{:09}", path, status.st_dev,
                     status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

}  // namespace tcc
