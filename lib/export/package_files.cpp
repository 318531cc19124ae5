// The files that build, find and try what was exported: a test, CMake, pkg-config, Arduino, and the certificate.
// What net.c itself consists of is in package.cpp and c_source.cpp.
#include "package.h"

#include "dlc/program/instrs.h"
#include "dlc/support/version.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::deploy {
namespace {

constexpr llvm::StringLiteral kTest =
    R"(/* Tries $N.c: without arguments the self test; with `-`, samples from standard input to answers on standard output,
   both as plain numbers of this machine. Where there is neither, as on Arduino, it is empty. */
#if !defined(ARDUINO)
#include "$N.h"

#include <stdio.h>
$L
static $T in[$U_INPUTS];
static $T out[$U_OUTPUTS];
static @work work;

int main(int argc, char **argv) {
  int32_t result;
$W  if (argc > 1 && argv[1][0] == '-' && argv[1][1] == '\0') {
    while (fread(in, sizeof in[0], $U_INPUTS, stdin) == $U_INPUTS) {
      @run(in, out, &work$A);
      if (fwrite(out, sizeof out[0], $U_OUTPUTS, stdout) != $U_OUTPUTS) {
        return 1;
      }
    }
    return 0;
  }
  result = @selftest(in, out, &work$A);
  puts(result == 0 ? "$N: the same bits as when it was exported" : result == 1 ? "$N: the weights are damaged"
                                                                            : "$N: other bits than when it was exported");
  return (int)result;
}
#else
typedef int @nothing;
#endif
)";
constexpr llvm::StringLiteral kReadWeights = R"(  FILE *file = fopen("$N.weights", "rb");
  if (file == NULL || fread(weights, sizeof weights[0], $U_WEIGHTS, file) != $U_WEIGHTS) {
    puts("$N.weights cannot be read");
    return 1;
  }
  (void)fclose(file);
)";

constexpr llvm::StringLiteral kCMake = R"(cmake_minimum_required(VERSION 3.13)
project($N LANGUAGES C)

# From another project: add_subdirectory(here), or install this and find_package($N); the target is $N::$N.
add_library($N STATIC $N.c)
add_library($N::$N ALIAS $N)
set_target_properties($N PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON)
target_include_directories($N PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

include(GNUInstallDirs)
install(TARGETS $N EXPORT $N-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES $N.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT $N-targets NAMESPACE $N:: FILE $NConfig.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/$N)
configure_file($N.pc.in $N.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/$N.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR)
  enable_testing()
  add_executable($N_test $N_test.c)
  target_link_libraries($N_test PRIVATE $N)
  add_test(NAME $N COMMAND $N_test WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
endif()
)";

constexpr llvm::StringLiteral kSketch =
    R"(// Answers a sample on an Arduino: put the exported folder into libraries/, then open this example.
#include <$N.h>

static $T in[$U_INPUTS], out[$U_OUTPUTS];
static @work work;

void setup() {
  Serial.begin(115200);
  Serial.println(@selftest(in, out, &work) == 0 ? "$N: ready" : "$N: the self test failed");
}

void loop() {
  // Fill in[] here, from a sensor for example.
  @run(in, out, &work);
  for (int32_t i = 0; i < $U_OUTPUTS; ++i) {
    Serial.println(out[i]);
  }
  delay(1000);
}
)";

/// CMake and pkg-config use @ themselves, so only $N and $U count there.
std::string plainNamed(llvm::StringRef text, llvm::StringRef prefix) {
  std::string kept;
  for (char c : text)
    kept += c == '@' ? '\1' : c;
  kept = named(kept, prefix);
  for (char &c : kept)
    if (c == '\1')
      c = '@';
  return kept;
}

std::string replaced(std::string text, llvm::StringRef from, llvm::StringRef to) {
  for (size_t at = 0; (at = text.find(from.data(), at, from.size())) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to.data(), to.size());
  return text;
}

} // namespace

std::string testText(const PackageFacts &facts) {
  const bool external = facts.options.external;
  std::string text = replaced(kTest.str(), "$W", external ? kReadWeights : "");
  text = replaced(text, "$L", external ? "\nstatic $T weights[$U_WEIGHTS];" : "");
  text = replaced(text, "$A", external ? ", weights" : "");
  return named(replaced(text, "$T", facts.model.real()), facts.options.prefix);
}

std::string cmakeText(const PackageFacts &facts) { return plainNamed(kCMake, facts.options.prefix); }

std::string pkgConfigText(const PackageFacts &facts) {
  return plainNamed("prefix=@CMAKE_INSTALL_PREFIX@\nlibdir=${prefix}/@CMAKE_INSTALL_LIBDIR@\n"
                    "includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@\n\nName: $N\nDescription: " +
                        facts.title + "\nVersion: 1.0.0\nLibs: -L${libdir} -l$N\nCflags: -I${includedir}\n",
                    facts.options.prefix);
}

std::string arduinoText(const PackageFacts &facts) {
  return plainNamed("name=$N\nversion=1.0.0\nauthor=dlc\nmaintainer=dlc\nsentence=" + facts.title +
                        "\nparagraph=Exported by dlc. It uses no heap and no other library.\ncategory=Data Processing\n"
                        "url=https://localhost\narchitectures=*\nincludes=$N.h\n",
                    facts.options.prefix);
}

std::string sketchText(const PackageFacts &facts) {
  return named(replaced(kSketch.str(), "$T", facts.model.real()), facts.options.prefix);
}

std::string certificateText(const PackageFacts &facts) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os, 2);
  const Program &program = facts.model.program;
  auto name = [&](const std::string &plain) { return llvm::json::isUTF8(plain) ? plain : llvm::json::fixUTF8(plain); };
  json.object([&] {
    json.attribute("name", facts.options.prefix);
    json.attribute("dlc", version().str());
    json.attribute("dtype", facts.model.isWide() ? "f64" : "f32");
    json.attribute("batch", facts.batch);
    json.attribute("inputs", facts.model.inputElements);
    json.attribute("outputs", facts.model.outputElements);
    json.attribute("math", facts.options.fast ? "fast" : "exact");
    json.attribute("work_bytes", facts.report.work);
    json.attribute("stack_bytes", facts.report.stack);
    json.attribute("rom_bytes", facts.report.rom);
    json.attribute("multiply_adds", facts.report.multiplyAdds);
    json.attribute("weights_hash", static_cast<int64_t>(facts.weightsHash));
    json.attribute("answers_hash", static_cast<int64_t>(facts.answersHash));
    json.attributeArray("buffers", [&] {
      for (const Buffer &buffer : program.buffers)
        if (buffer.live)
          json.object([&] {
            json.attribute("name", name(buffer.name));
            json.attribute("type", toString(buffer.type));
            json.attribute("bytes", static_cast<int64_t>(buffer.type.bytes()));
            json.attribute("offset", buffer.offset);
            json.attributeArray("live", [&] { json.value(buffer.live->begin), json.value(buffer.live->end); });
          });
    });
    json.attributeArray("weights", [&] {
      for (const CWeight &weight : facts.source.weights)
        json.object([&] {
          json.attribute("name", name(weight.name));
          json.attribute("numbers", weight.numbers.type().elements());
          json.attribute("bytes", static_cast<int64_t>(weight.numbers.bytes()));
        });
    });
  });
  json.flush();
  return text + "\n";
}

} // namespace dlc::deploy
