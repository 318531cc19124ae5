# Builds the server with ThreadSanitizer, and runs its unit tests and the load tests; called by ctest with -DSOURCE=, -DWORK=
# and -DPYTHON=. It takes minutes, and is skipped without DLC_LONG_TESTS.
include(${CMAKE_CURRENT_LIST_DIR}/../tsan_build.cmake)
tsan_build(unit_serve dlc)
if(NOT built)
  return()
endif()
# What a thread finds ends the server, which the scripts notice; they run in their short form, for times mean nothing here.
set(environment ${CMAKE_COMMAND} -E env TSAN_OPTIONS=halt_on_error=1 PYTHONPATH=${SOURCE}/test/Inputs --unset=DLC_LONG_TESTS)
run(${environment} ${WORK}/test/unit/unit_serve --gtest_brief=1)
foreach(script serve_watch serve_load)
  file(REMOVE_RECURSE ${WORK}/${script})
  set(parts "")
  if(script STREQUAL serve_load)
    set(parts slow_clients health_under_load) # memory is another one's with the sanitizer
  endif()
  run(${environment} ${PYTHON} ${SOURCE}/test/e2e/Inputs/${script}.py ${WORK}/tools/dlc/dlc ${WORK}/${script} ${parts})
endforeach()
