# The AVX-512 table once more for unit_kernels, over SIMDe's AVX2 emulation of the intrinsics (package libsimde-dev).
# Without SIMDe the tests still run over the tables that the processor supports.
find_path(DLC_SIMDE_INCLUDE simde/x86/avx512.h)
if(DLC_SIMDE_INCLUDE)
  # Without dlc_options: sanitizers have nothing to find in an emulation, and take minutes to instrument it.
  add_library(dlc_kernels_avx512_emulated OBJECT ${PROJECT_SOURCE_DIR}/lib/kernels/isa/table.cpp)
  target_include_directories(dlc_kernels_avx512_emulated BEFORE PRIVATE ${CMAKE_CURRENT_LIST_DIR}/emulated)
  target_include_directories(dlc_kernels_avx512_emulated PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_include_directories(dlc_kernels_avx512_emulated SYSTEM PRIVATE ${DLC_SIMDE_INCLUDE})
  target_compile_definitions(dlc_kernels_avx512_emulated PRIVATE DLC_ISA=avx512 DLC_TABLE=avx512_emulated)
  target_compile_options(dlc_kernels_avx512_emulated PRIVATE -O2 -ffp-contract=off -fno-math-errno -mavx2 -mfma -w)
  target_sources(unit_kernels PRIVATE $<TARGET_OBJECTS:dlc_kernels_avx512_emulated>)
  target_compile_definitions(unit_kernels PRIVATE DLC_TEST_EMULATED_AVX512)
endif()
