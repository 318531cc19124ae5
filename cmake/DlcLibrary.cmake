# The only ways to make a library, a program or a unit test of dlc.
# dlc_library(<folder> DEPS ...) is also read by test/lint/layers.py, which holds every #include against DEPS.

add_library(dlc_options INTERFACE)
target_include_directories(dlc_options INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
target_compile_options(dlc_options INTERFACE -Wall -Wextra -Wpedantic -Wno-missing-field-initializers
                       -ffp-contract=off -ffunction-sections -fdata-sections)
# GCC 12 sees overlapping copies in std::string where there are none (its PR 105651).
target_compile_options(dlc_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# GCC 12's library, read by a newer clang, uses what it has itself deprecated (std::stable_sort's buffer).
target_compile_options(dlc_options INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
if(DLC_WERROR)
  target_compile_options(dlc_options INTERFACE -Werror)
endif()
if(DLC_SANITIZE STREQUAL thread)
  set(DLC_SANITIZERS -fsanitize=thread)
elseif(DLC_SANITIZE)
  set(DLC_SANITIZERS -fsanitize=address,undefined)
endif()
if(DLC_SANITIZE)
  target_compile_options(dlc_options INTERFACE ${DLC_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(dlc_options INTERFACE ${DLC_SANITIZERS})
endif()

# Reading LLVM's and Abseil's headers takes longer than compiling most files. They are read once for each way to optimize,
# which GCC does not mix: dlc_support keeps them for those that ask for speed, dlc_signature for the others.
function(dlc_precompile target)
  if(NOT DLC_PRECOMPILE)
    return()
  endif()
  # GCC no longer knows a precompiled system header as one, and shows what it wrongly sees inside std::string.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread>)
  cmake_parse_arguments(ARG "FAST" "" "" ${ARGN})
  if(target STREQUAL dlc_support OR target STREQUAL dlc_signature)
    target_precompile_headers(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/common_headers.h)
  elseif(target STREQUAL unit_support)
    target_precompile_headers(unit_support PRIVATE ${PROJECT_SOURCE_DIR}/cmake/common_headers.h <gmock/gmock.h> <gtest/gtest.h>)
  elseif(target MATCHES ^unit_ AND NOT target STREQUAL unit_kernels)
    target_precompile_headers(${target} REUSE_FROM unit_support)
  elseif(ARG_FAST AND NOT target MATCHES kernels)
    target_precompile_headers(${target} REUSE_FROM dlc_support)
  elseif(NOT target MATCHES kernels)
    target_precompile_headers(${target} REUSE_FROM dlc_signature)
  endif()
endfunction()

# With DLC_UNITY, six files of a library are compiled as one, which saves half the time of a build from nothing. Rows of a
# registry stay alone: they give the same names to the same things. No file may need another: the clang preset proves it.
function(dlc_unity target)
  if(NOT DLC_UNITY OR target MATCHES "dlc_(ops|kernels|passes|metric|schedule)")
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "/(cmd|family|init|instr|source|stage|step|decode)_[^/]*$")
  set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
endfunction()

# dlc_library(<folder> [ROOMS <subfolder>...] [DEPS <folder>...] [LIBRARIES <target>...] [SOURCES <generated file>...]
#             [OPTIMIZE <flag> [FILES <file>...]])
# All lib/<folder>/*.cpp become the static library dlc_<folder>. Adding a file re-runs CMake.
# With ROOMS the files are in those subfolders, each of which may use those in front of it (test/lint/layers.py).
# Release builds optimize for size, or as OPTIMIZE says: the whole library, or the FILES that are worth it.
function(dlc_library folder)
  cmake_parse_arguments(ARG "" "OPTIMIZE" "ROOMS;DEPS;LIBRARIES;SOURCES;FILES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(room ${ARG_ROOMS})
    file(GLOB inside CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cpp)
    list(APPEND sources ${inside})
  endforeach()
  add_library(dlc_${folder} STATIC ${sources} ${ARG_SOURCES})
  if(ARG_ROOMS)
    target_include_directories(dlc_${folder} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  target_link_libraries(dlc_${folder} PUBLIC dlc_options ${ARG_LIBRARIES})
  if(ARG_FILES)
    set_source_files_properties(${ARG_FILES} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:${ARG_OPTIMIZE}>"
                                SKIP_PRECOMPILE_HEADERS ON)
    dlc_precompile(dlc_${folder})
  elseif(ARG_OPTIMIZE)
    target_compile_options(dlc_${folder} PRIVATE $<$<CONFIG:Release>:${ARG_OPTIMIZE}>)
    dlc_precompile(dlc_${folder} FAST)
  else()
    dlc_precompile(dlc_${folder})
  endif()
  dlc_unity(dlc_${folder})
  # For the installed archive: its own objects, and those it was handed.
  list(FILTER ARG_SOURCES INCLUDE REGEX TARGET_OBJECTS)
  set_property(GLOBAL APPEND PROPERTY DLC_OBJECTS $<TARGET_OBJECTS:dlc_${folder}> ${ARG_SOURCES})
  foreach(dep ${ARG_DEPS})
    target_link_libraries(dlc_${folder} PUBLIC dlc_${dep})
  endforeach()
endfunction()

# dlc_unit_test(<folder> [ALONE] [DEPS <folder>...]): test/unit/<folder>/*.cpp becomes the GoogleTest program unit_<folder>.
# Tests find the project's files through the macro DLC_SOURCE_DIR, and the big data sets through the variable
# DLC_TEST_DATA of the environment; DLC_LONG_TESTS in the environment asks for the long form of a test.
function(dlc_unit_test folder)
  cmake_parse_arguments(ARG "ALONE" "" "DEPS;DEFINES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  add_executable(unit_${folder} ${sources})
  foreach(dep ${folder} ${ARG_DEPS})
    if(TARGET dlc_${dep})
      target_link_libraries(unit_${folder} PRIVATE dlc_${dep})
    endif()
  endforeach()
  target_compile_definitions(unit_${folder} PRIVATE ${ARG_DEFINES} DLC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # Tests are compiled more often than they run.
  target_compile_options(unit_${folder} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(unit_${folder} PRIVATE dlc_absl GTest::gtest GTest::gmock GTest::gtest_main)
  dlc_precompile(unit_${folder})
  if(NOT ARG_ALONE) # its files share no names
    dlc_unity(unit_${folder})
  endif()
  add_test(NAME unit_${folder} COMMAND unit_${folder})
  set_tests_properties(unit_${folder} PROPERTIES ENVIRONMENT "${DLC_TEST_ENVIRONMENT}")
  set_property(GLOBAL APPEND PROPERTY DLC_UNIT_TESTS unit_${folder})
endfunction()
