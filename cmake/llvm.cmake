# LLVM as the target `tcc_llvm`: shared for development, where links must be short; static and
# hidden for release, so that a host program with another LLVM is not disturbed.
# (Its package answers to an exact minor version only: the major one is compared here. An LLVM
# elsewhere is named by -DLLVM_DIR=.)
find_package(LLVM CONFIG QUIET NO_DEFAULT_PATH
  PATHS /usr/lib/llvm-${TCC_LLVM_VERSION}/lib/cmake/llvm)
if(NOT LLVM_FOUND OR NOT LLVM_VERSION_MAJOR EQUAL TCC_LLVM_VERSION)
  message(WARNING "LLVM ${TCC_LLVM_VERSION} was not found: this tcc will not compile for the CPU. "
                  "scripts/install_dependencies.sh installs it.")
  return()
endif()
message(STATUS "LLVM ${LLVM_PACKAGE_VERSION} in ${LLVM_DIR}")
set(TCC_HAS_LLVM ON)
add_library(tcc_llvm INTERFACE)
target_include_directories(tcc_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})

if(NOT TCC_STATIC_LLVM)
  target_link_libraries(tcc_llvm INTERFACE LLVM)
  return()
endif()
# The package names shared libraries under LLVMSupport (and Z3, which nothing here reaches).
find_library(TCC_ZSTD_ARCHIVE libzstd.a REQUIRED)
mark_as_advanced(TCC_ZSTD_ARCHIVE)
set_target_properties(LLVMSupport PROPERTIES INTERFACE_LINK_LIBRARIES
  "rt;dl;m;${TCC_ZLIB_ARCHIVE};${TCC_ZSTD_ARCHIVE};LLVMDemangle")
llvm_map_components_to_libnames(tcc_llvm_archives orcjit native passes)
target_link_libraries(tcc_llvm INTERFACE ${tcc_llvm_archives} Threads::Threads)
target_link_options(tcc_llvm INTERFACE -Wl,--exclude-libs,ALL)
