# Builds the unit tests of the session with ThreadSanitizer and runs them; called by ctest with -DSOURCE= and -DWORK=.
# It takes minutes, and is skipped without DLC_LONG_TESTS.
include(${CMAKE_CURRENT_LIST_DIR}/../tsan_build.cmake)
tsan_build(unit_session)
if(built)
  run(${CMAKE_COMMAND} -E env TSAN_OPTIONS=halt_on_error=1 ${WORK}/test/unit/unit_session --gtest_brief=1)
endif()
