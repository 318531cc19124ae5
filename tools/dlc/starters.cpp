// The list of starters. Their sources are those of dsl-examples and of tools/dlc/starters, taken into the program as
// they are, so that an installed dlc needs no other file.
#include "starters.h"

// The assembler copies the file; DLC_SOURCE_DIR is only where it finds it.
#define DLC_EMBED(symbol, path)                                                                                        \
  __asm__(".pushsection .rodata\n.global dlc_" #symbol "\n.global dlc_" #symbol "_end\ndlc_" #symbol                   \
          ":\n.incbin \"" DLC_SOURCE_DIR "/" path "\"\ndlc_" #symbol "_end:\n.byte 0\n.popsection\n");                 \
  extern "C" const char dlc_##symbol[], dlc_##symbol##_end[];                                                          \
  static llvm::StringRef symbol() { return {dlc_##symbol, static_cast<size_t>(dlc_##symbol##_end - dlc_##symbol)}; }

DLC_EMBED(xor_dsl, "dsl-examples/xor.dsl")
DLC_EMBED(iris_dsl, "dsl-examples/iris.dsl")
DLC_EMBED(digits_dsl, "dsl-examples/digits.dsl")
DLC_EMBED(mnist_dsl, "tools/dlc/starters/mnist.dsl")
DLC_EMBED(images_dsl, "tools/dlc/starters/images.dsl")
DLC_EMBED(text_dsl, "tools/dlc/starters/text.dsl")
DLC_EMBED(iris_train, "dsl-examples/data/iris_train.csv")
DLC_EMBED(iris_test, "dsl-examples/data/iris_test.csv")
DLC_EMBED(digits_train, "dsl-examples/data/digits_train.csv")
DLC_EMBED(digits_test, "dsl-examples/data/digits_test.csv")
DLC_EMBED(data_readme, "dsl-examples/data/README.md")

namespace dlc::tool {
namespace {

constexpr Starter kStarters[] = {
    {"xor", "four samples in the source itself; a second of training",
     [] { return StarterFiles{{"xor.dsl", xor_dsl().str()}}; }},
    {"iris", "three kinds of flowers by four lengths, from a CSV file",
     [] {
       return StarterFiles{{"iris.dsl", iris_dsl().str()},
                           {"data/iris_train.csv", iris_train().str()},
                           {"data/iris_test.csv", iris_test().str()},
                           {"data/README.md", data_readme().str()}};
     }},
    {"digits", "handwritten digits of 8x8 pixels, from a CSV file",
     [] {
       return StarterFiles{{"digits.dsl", digits_dsl().str()},
                           {"data/digits_train.csv", digits_train().str()},
                           {"data/digits_test.csv", digits_test().str()},
                           {"data/README.md", data_readme().str()}};
     }},
    {"mnist", "LeNet-5 on MNIST's files; small stand-ins for them come along",
     [] {
       StarterFiles files = digitsAsIdx(digits_train(), digits_test());
       files.insert(files.begin(), {"mnist.dsl", mnist_dsl().str()});
       files.push_back(
           {"data/README.md",
            "# Stand-ins for MNIST\n\nThese four files have MNIST's names and format, but fewer samples: the\n"
            "1437 + 360 digits of 8x8 pixels that UCI's *Optical Recognition of Handwritten Digits* has\n"
            "(E. Alpaydin, C. Kaynak, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0), enlarged to\n"
            "28x28. Put the real files in their place, packed or not; nothing else has to change.\n"});
       return files;
     }},
    {"images", "drawn pictures in folders, one folder for each class",
     [] {
       StarterFiles files = drawnShapes();
       files.insert(files.begin(), {"images.dsl", images_dsl().str()});
       return files;
     }},
    {"text", "the next character of a text, by a recurrent net",
     [] { return StarterFiles{{"text.dsl", text_dsl().str()}, {"data/text.txt", madeSentences()}}; }},
};

} // namespace

llvm::ArrayRef<Starter> starters() { return kStarters; }

} // namespace dlc::tool
