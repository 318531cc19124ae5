# Finds LLVM (ADT and Support only), Boost.Spirit X3, Abseil, zlib and threads as Debian packages them.
# LLVM's version file accepts only an equal major.minor, so the directory is pinned; -DLLVM_DIR overrides it.
find_package(LLVM REQUIRED CONFIG PATHS /usr/lib/llvm-19/lib/cmake/llvm NO_DEFAULT_PATH)
find_package(Boost 1.74 REQUIRED)
find_package(absl REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
# Debian's own interpreter sees the modules that apt installs; another python3 may come first on the PATH.
if(NOT Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
find_package(Python3 3.8 REQUIRED COMPONENTS Interpreter)

# Compiled objects are kept between builds and clones where ccache is there.
find_program(DLC_CCACHE ccache)
if(DLC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DLC_CCACHE})
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
