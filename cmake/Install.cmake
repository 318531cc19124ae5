# What `cmake --install` puts where: the program and its two other names, one archive with the headers, the CMake package.
# find_package(dlc) then gives the target dlc::dlc; the program is dlc::tool, because both are called dlc.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# `train` and `infer` are dlc called by another name, in the build folder as in the installed tree.
foreach(name train infer)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/tools/dlc/${name}
                     COMMAND ${CMAKE_COMMAND} -E create_symlink dlc ${PROJECT_BINARY_DIR}/tools/dlc/${name}
                     DEPENDS dlc VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${PROJECT_BINARY_DIR}/tools/dlc/${name})
  install(FILES ${PROJECT_BINARY_DIR}/tools/dlc/${name} DESTINATION ${CMAKE_INSTALL_BINDIR})
endforeach()
set_target_properties(dlc PROPERTIES EXPORT_NAME tool)
install(TARGETS dlc EXPORT dlcTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# The folders of lib/ are one archive to the outside. Its LLVM and Abseil are found again by dlcConfig.cmake, so that the
# installed tree names no path of the machine it was built on.
get_property(_objects GLOBAL PROPERTY DLC_OBJECTS)
add_library(libdlc STATIC ${_objects})
set_target_properties(libdlc PROPERTIES OUTPUT_NAME dlc EXPORT_NAME dlc LINKER_LANGUAGE CXX)
target_compile_features(libdlc INTERFACE cxx_std_20)
target_include_directories(libdlc INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
if(DLC_SANITIZE)
  target_link_options(libdlc INTERFACE ${DLC_SANITIZERS})
endif()
install(TARGETS libdlc EXPORT dlcTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/dlc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/dlc)
install(EXPORT dlcTargets NAMESPACE dlc:: DESTINATION ${_package})
configure_package_config_file(cmake/dlcConfig.cmake.in ${PROJECT_BINARY_DIR}/dlcConfig.cmake
                              INSTALL_DESTINATION ${_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dlcConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dlcConfig.cmake ${PROJECT_BINARY_DIR}/dlcConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Libraries.cmake DESTINATION ${_package})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/dsl-examples DESTINATION ${CMAKE_INSTALL_DATADIR}/dlc)

# Completions and the manual page are printed by the program itself, so they know every option that it knows.
set(_made ${PROJECT_BINARY_DIR}/share)
add_custom_command(OUTPUT ${_made}/dlc ${_made}/_dlc ${_made}/dlc.fish ${_made}/dlc.1
                   COMMAND ${CMAKE_COMMAND} -E make_directory ${_made}
                   COMMAND dlc completions bash -o ${_made}/dlc
                   COMMAND dlc completions zsh -o ${_made}/_dlc
                   COMMAND dlc completions fish -o ${_made}/dlc.fish
                   COMMAND dlc generate man -o ${_made}/dlc.1
                   DEPENDS dlc VERBATIM)
add_custom_target(shell_files ALL DEPENDS ${_made}/dlc ${_made}/_dlc ${_made}/dlc.fish ${_made}/dlc.1)
install(FILES ${_made}/dlc DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${_made}/_dlc DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${_made}/dlc.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${_made}/dlc.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/editors DESTINATION ${CMAKE_INSTALL_DATADIR}/dlc)
