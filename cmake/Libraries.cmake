# Finds LLVM (ADT and Support only), Boost.Spirit X3, Abseil, zlib, libpng, libjpeg and threads as Debian packages them.
# LLVM's version file accepts only an equal major.minor, so the directory is pinned; -DLLVM_DIR overrides it.
find_package(LLVM REQUIRED CONFIG PATHS /usr/lib/llvm-19/lib/cmake/llvm NO_DEFAULT_PATH)
find_package(Boost 1.74 REQUIRED)
find_package(absl REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(Threads REQUIRED)
if(TARGET dlc_llvm)
  return()
endif()

# Support is linked statically: the shared libLLVM adds 300 options to --help and 13 ms to every start.
add_library(dlc_llvm INTERFACE)
target_include_directories(dlc_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
separate_arguments(_llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(dlc_llvm INTERFACE ${_llvm_definitions})
llvm_map_components_to_libnames(_llvm_libraries support)
target_link_libraries(dlc_llvm INTERFACE ${_llvm_libraries} Threads::Threads)
target_link_options(dlc_llvm INTERFACE LINKER:--as-needed LINKER:--gc-sections)

# Executables take Abseil's archives, in one group because they refer to each other.
file(GLOB _absl_archives /usr/lib/${CMAKE_CXX_LIBRARY_ARCHITECTURE}/libabsl_*.a)
add_library(dlc_absl INTERFACE)
target_link_libraries(dlc_absl INTERFACE "$<LINK_GROUP:RESCAN,${_absl_archives}>")
