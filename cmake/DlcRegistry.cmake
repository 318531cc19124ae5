# dlc_registry(<kind> TYPE <Type> FUNCTION <function> HEADER <header> NAMESPACE <namespace>): the folder is the registry.
# Every <kind>_<name>.cpp defines `extern const <Type> <kind>_<name>`, and `<namespace>::<function>()` lists them in the
# order of the file names. A file that defines another name is a link error that names it. The variable <kind>_registry
# of the caller becomes the generated source.
function(dlc_registry kind)
  cmake_parse_arguments(ARG "" "TYPE;FUNCTION;HEADER;NAMESPACE" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${kind}_*.cpp)
  set(declarations "")
  set(entries "")
  foreach(file ${files})
    get_filename_component(symbol ${file} NAME_WE)
    string(APPEND declarations "extern const ${ARG_TYPE} ${symbol};\n")
    string(APPEND entries "    &${symbol},\n")
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/all_${kind}.cpp)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT [[
// Generated from the names of the files @kind@_*.cpp. Not edited by hand.
#include "@ARG_HEADER@"

namespace @ARG_NAMESPACE@ {
@declarations@
llvm::ArrayRef<const @ARG_TYPE@ *> @ARG_FUNCTION@() {
  static const @ARG_TYPE@ *const list[] = {
@entries@  };
  return list;
}
} // namespace @ARG_NAMESPACE@
]])
  set(${kind}_registry ${generated} PARENT_SCOPE)
endfunction()
