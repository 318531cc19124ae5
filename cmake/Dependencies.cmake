# What building dlc needs: the libraries it is made of, and the tools of the build.
# The libraries stand in a file of their own, because whoever uses the installed package needs them again.
include(cmake/Libraries.cmake)

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
