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
    string(FIND "${text}" "${folder}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} names ${folder}")
    endif()
  endforeach()
endforeach()

run(${CMAKE_COMMAND} -S ${SOURCE}/test/install/consumer -B ${WORK}/consumer -G Ninja -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
run(${WORK}/consumer/consumer)
expect("^784-64-10: 50890 parameters\n$")

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
