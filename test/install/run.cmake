# Installs a build into an empty folder, builds consumer/ against it from there, and runs all three.
# Called by ctest with -DBUILD=, -DSOURCE=, -DWORK=, -DCXX=, -DFLAGS=; any step that fails ends the test.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT result EQUAL 0)
    list(JOIN ARGV " " line)
    message(FATAL_ERROR "${line}\n${out}\nended with ${result}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()
function(expect pattern)
  if(NOT out MATCHES "${pattern}")
    message(FATAL_ERROR "expected ${pattern}, found:\n${out}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)

# The package names no folder of the build or of the sources.
file(GLOB package ${WORK}/prefix/lib*/cmake/dlc/*.cmake ${WORK}/prefix/lib/*/cmake/dlc/*.cmake)
foreach(file ${package})
  file(READ ${file} text)
  foreach(folder ${BUILD} ${SOURCE})
    # As the beginning of a path: the sources may be in /dlc, and every path of the package ends in dlc.
    string(REGEX REPLACE "([][+.*?^$()|])" "\\\\\\1" words "${folder}")
    if(text MATCHES "(^|[^A-Za-z0-9_.}/-])${words}([^A-Za-z0-9_.-]|$)")
      message(FATAL_ERROR "${file} names ${folder}")
    endif()
  endforeach()
endforeach()

run(${CMAKE_COMMAND} -S ${SOURCE}/test/install/consumer -B ${WORK}/consumer -G Ninja -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
run(${WORK}/consumer/two_nets)
expect("^the same bits\n$")

# The library trains the example to the bytes that the tool saves, and answers with the bits that it prints.
set(examples ${WORK}/prefix/share/dlc/dsl-examples)
file(WRITE ${WORK}/samples.csv "sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n6.3,2.9,5.6,1.8\n5.7,2.8,4.1,1.3\n")
execute_process(COMMAND sh -c "tail -n +2 ${WORK}/samples.csv | tr , ' ' | ${WORK}/consumer/iris ${examples}/iris.dsl ${WORK}/library.model"
                RESULT_VARIABLE result OUTPUT_VARIABLE answers ERROR_VARIABLE err)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the consumer ended with ${result}:\n${answers}${err}")
endif()
run(${WORK}/prefix/bin/dlc train ${examples}/iris.dsl -o ${WORK}/tool.model -q)
run(${CMAKE_COMMAND} -E compare_files ${WORK}/library.model ${WORK}/tool.model)
run(${WORK}/prefix/bin/dlc infer ${WORK}/tool.model ${WORK}/samples.csv --probs)
if(NOT out STREQUAL answers)
  message(FATAL_ERROR "the library answers\n${answers}and dlc infer\n${out}")
endif()

# What shells and man find by themselves, and the editors' files.
foreach(file share/bash-completion/completions/dlc share/zsh/site-functions/_dlc share/fish/vendor_completions.d/dlc.fish
        share/man/man1/dlc.1 share/dlc/editors/vim/syntax/dlc.vim share/dlc/editors/vscode/package.json)
  if(NOT EXISTS ${WORK}/prefix/${file})
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()

# Three names, one program: `train` and `infer` look at the name they were called by.
run(${WORK}/prefix/bin/dlc --version)
expect("^dlc [0-9]+\\.[0-9]+\\.[0-9]+")
foreach(name train infer)
  if(NOT IS_SYMLINK ${WORK}/prefix/bin/${name})
    message(FATAL_ERROR "bin/${name} is no link")
  endif()
  run(${WORK}/prefix/bin/${name} --help)
  expect("${name}")
endforeach()
