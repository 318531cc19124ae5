# What the scripts with ThreadSanitizer share, which ctest calls with -DSOURCE= and -DWORK=: a build that takes minutes, and is
# left out without DLC_LONG_TESTS. Which tests run is said by each.

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# tsan_build(<target>...): builds them, and sets `built` where it does.
function(tsan_build)
  if("$ENV{DLC_LONG_TESTS}" STREQUAL "")
    message("skipped: the long form (DLC_LONG_TESTS) builds everything with ThreadSanitizer")
    return()
  endif()
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK} -G Ninja -DCMAKE_BUILD_TYPE=Release -DDLC_SANITIZE=thread -DDLC_PRECOMPILE=ON)
  run(${CMAKE_COMMAND} --build ${WORK} --target ${ARGV})
  set(built TRUE PARENT_SCOPE)
endfunction()
