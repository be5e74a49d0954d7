# How every file of the project is compiled and linked.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

add_compile_options(-Wall -Wextra -Wshadow)
add_link_options(-Wl,--build-id=sha1)  # tells builds apart: runtime/build_identity.h
if(TCC_WERROR)
  add_compile_options(-Werror)
endif()
if(TCC_SANITIZE)
  add_compile_options(-fsanitize=${TCC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TCC_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    # It reads a type in front of each function called through a pointer: kernels have none.
    add_compile_options(-fno-sanitize=function)
  endif()
endif()
if(TCC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage, which libFuzzer steers by
endif()
if(CMAKE_BUILD_TYPE STREQUAL Release)
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections)
endif()

# The same for every target, so that one precompiled header serves all libraries.
add_compile_definitions(TCC_VERSION="${PROJECT_VERSION}" TCC_CHECKS=$<BOOL:${TCC_CHECKS}>)

# A link against LLVM takes more memory than a compile: one at a time.
set_property(GLOBAL PROPERTY JOB_POOLS link=1)
set(CMAKE_JOB_POOL_LINK link)

# ccache must be told that a precompiled header is as good as the headers in it.
find_program(TCC_CCACHE ccache)
mark_as_advanced(TCC_CCACHE)
if(TCC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${TCC_CCACHE})
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  else()
    add_compile_options(-fpch-preprocess)
  endif()
endif()
