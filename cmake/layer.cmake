# tcc_add_layer(NAME [LINKS target...] [WITHOUT regex...])
#
# One layer is one static library of all sources below the folder, tests aside. LINKS names the
# layers it stands on; WITHOUT leaves out sources whose path below the folder matches.
function(tcc_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "LINKS;WITHOUT")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cpp *.h)
  foreach(pattern _test\\.cpp$ ${layer_WITHOUT})
    list(FILTER sources EXCLUDE REGEX ${pattern})
  endforeach()
  add_library(${name} STATIC ${sources})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(${name} PUBLIC tcc_fmt tl::expected ${layer_LINKS})
  target_precompile_headers(${name} REUSE_FROM tcc_precompiled)
endfunction()

# The one precompiled header of all layers: what nearly every file includes.
add_library(tcc_precompiled OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
target_link_libraries(tcc_precompiled PRIVATE tcc_fmt tl::expected)
target_precompile_headers(tcc_precompiled PRIVATE <algorithm> <array> <cstdint> <functional> <map>
  <memory> <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>
  <fmt/format.h> <tl/expected.hpp>)
