# Builds the unit tests of the session with ThreadSanitizer and runs them; called by ctest with -DSOURCE= and -DWORK=.
# It takes minutes, and is skipped without DLC_LONG_TESTS.
if("$ENV{DLC_LONG_TESTS}" STREQUAL "")
  message("skipped: the long form (DLC_LONG_TESTS) builds everything with ThreadSanitizer")
  return()
endif()
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
run(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK} -G Ninja -DCMAKE_BUILD_TYPE=Release -DDLC_SANITIZE=thread -DDLC_PRECOMPILE=ON)
run(${CMAKE_COMMAND} --build ${WORK} --target unit_session)
run(${CMAKE_COMMAND} -E env TSAN_OPTIONS=halt_on_error=1 ${WORK}/test/unit/unit_session --gtest_brief=1)
