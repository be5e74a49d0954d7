# The libraries from the distribution, each behind a target of our own where it needs care.
find_package(Threads REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)

# The distribution has fmt as a shared library only. Compiled in, it costs a host program of
# libtcc.so nothing and the start of `tcc` no search.
add_library(tcc_fmt STATIC ${PROJECT_SOURCE_DIR}/cmake/fmt.cpp)
target_include_directories(tcc_fmt SYSTEM
  PUBLIC $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_options(tcc_fmt PRIVATE -w)
set_target_properties(tcc_fmt PROPERTIES CXX_CLANG_TIDY "")

# zlib unpacks .npz files. The archive where all is static, LLVM's use of it included.
add_library(tcc_zlib INTERFACE)
if(TCC_STATIC_LLVM)
  find_library(TCC_ZLIB_ARCHIVE libz.a REQUIRED)
  mark_as_advanced(TCC_ZLIB_ARCHIVE)
  target_link_libraries(tcc_zlib INTERFACE ${TCC_ZLIB_ARCHIVE})
else()
  find_package(ZLIB REQUIRED)
  target_link_libraries(tcc_zlib INTERFACE ZLIB::ZLIB)
endif()

# xxHash names and checks the files of the cache. Its header alone holds all of it.
find_path(TCC_XXHASH_INCLUDE xxhash.h REQUIRED)
mark_as_advanced(TCC_XXHASH_INCLUDE)
add_library(tcc_xxhash INTERFACE)
target_include_directories(tcc_xxhash SYSTEM INTERFACE ${TCC_XXHASH_INCLUDE})

set(TCC_HAS_LLVM OFF)
if(TCC_WITH_LLVM)
  include(llvm)
endif()
add_compile_definitions(TCC_HAS_LLVM=$<BOOL:${TCC_HAS_LLVM}>)
