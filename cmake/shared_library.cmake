# libtcc.so for host programs, and what `find_package(tcc)` finds.
#
# Made of the layers' objects, not of their archives: --exclude-libs hides all that comes from an
# archive. The version script keeps back the instantiations of the standard library's templates,
# which visibility alone does not.
include(CMakePackageConfigHelpers)

set(tcc_objects)
foreach(layer dsl ir frontend codegen runtime api)
  list(APPEND tcc_objects $<TARGET_OBJECTS:tcc_${layer}>)
endforeach()
add_library(tcc_shared SHARED ${tcc_objects})
add_library(tcc::tcc ALIAS tcc_shared)
set_target_properties(tcc_shared PROPERTIES
  OUTPUT_NAME tcc EXPORT_NAME tcc LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
target_link_options(tcc_shared PRIVATE
  -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map)
target_compile_features(tcc_shared INTERFACE cxx_std_20)
target_include_directories(tcc_shared INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(tcc_shared PRIVATE
  $<BUILD_INTERFACE:tcc_fmt> $<BUILD_INTERFACE:tcc_zlib> Threads::Threads ${CMAKE_DL_LIBS})
if(TCC_HAS_LLVM)
  target_link_libraries(tcc_shared PRIVATE $<BUILD_INTERFACE:tcc_llvm>)
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/tcc)
install(TARGETS tcc_shared EXPORT tcc LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT tcc NAMESPACE tcc:: FILE tcc-targets.cmake DESTINATION ${package_folder})
install(DIRECTORY include/tcc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
configure_package_config_file(cmake/tcc-config.cmake.in ${PROJECT_BINARY_DIR}/tcc-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tcc-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tcc-config.cmake ${PROJECT_BINARY_DIR}/tcc-config-version.cmake
  DESTINATION ${package_folder})
