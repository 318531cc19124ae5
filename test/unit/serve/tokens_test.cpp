// Tokens and names of hosts: who may ask, and as whom the server may be asked.
// What is refused with which status is tested in http_test.cpp.
#include "dlc/serve/host_names.h"
#include "dlc/serve/tokens.h"

#include "gtest/gtest.h"

namespace dlc::serve {
namespace {

TEST(Tokens, AllowsEachOfThem) {
  auto tokens = Tokens::parse("# of the page\nsesame-0123456789\n\n  b2lsIGxhbXA=\t\r\n");
  ASSERT_TRUE(tokens.ok());
  EXPECT_FALSE(tokens->empty());
  EXPECT_EQ(tokens->shortest(), 12u);
  for (const char *good : {"Bearer sesame-0123456789", "bearer b2lsIGxhbXA=", "BEARER  b2lsIGxhbXA= "})
    EXPECT_TRUE(tokens->allow(good)) << good;
  for (const char *bad :
       {"", "Bearer", "Bearer ", "sesame-0123456789", "Basic sesame-0123456789", "Bearer sesame-012345678",
        "Bearer sesame-01234567890", "Bearer Sesame-0123456789", "Bearer b2lsIGxhbXA", "Bearer # of the page",
        "Bearer sesame-0123456789 b2lsIGxhbXA=", "Bearersesame-0123456789"})
    EXPECT_FALSE(tokens->allow(bad)) << bad;
}

TEST(Tokens, RefusesWhatIsNone) {
  for (const char *text : {"", "\n\n", "# nothing\n"})
    EXPECT_EQ(Tokens::parse(text).status().message(), "there is no token in it") << text;
  EXPECT_EQ(Tokens::parse("good\nopen sesame\n").status().message(),
            "line 2: a token may have letters, digits and -._~+/= only");
  EXPECT_FALSE(Tokens::parse("s\xc3\xa9same").ok());
  EXPECT_FALSE(Tokens::parse(llvm::StringRef("a\0b", 3)).ok());
  EXPECT_TRUE(Tokens().empty());
  EXPECT_FALSE(Tokens().allow("Bearer x"));
}

TEST(HostNames, KnowsThisMachineAndAddresses) {
  for (const char *host : {"localhost", "LocalHost:8080", "127.0.0.1", "127.255.0.3:1", "[::1]", "[::1]:80"})
    EXPECT_TRUE(isLoopbackName(host)) << host;
  for (const char *host :
       {"", "localhost.", "localhost.example", "example", "127.0.0.1.example", "127.0.0", "127.0.0.256", "127.1",
        "0.0.0.0", "10.0.0.1", "[::2]", "[::1", "::1", "[::1]x", "localhost:x", "localhost:80:80", "127.0.0.1@evil"})
    EXPECT_FALSE(isLoopbackName(host)) << host;
  for (const char *host : {"127.0.0.1", "10.1.2.3:80", "[fe80::1]:8080", "[::ffff:1.2.3.4]"})
    EXPECT_TRUE(isAddress(host)) << host;
  for (const char *host : {"", "localhost", "1.2.3", "1.2.3.4.example", "fe80::1", "[1.2.3.4]", "1.2.3.4:x",
                           "0x7f000001", "2130706433", "[]", "[::1]]"})
    EXPECT_FALSE(isAddress(host)) << host;
  EXPECT_EQ(withoutPort("gpu:8080"), "gpu");
  EXPECT_EQ(withoutPort("gpu"), "gpu");
  EXPECT_EQ(withoutPort("[::1]:80"), "");
  for (const std::string &name : namesOfMachine())
    EXPECT_EQ(withoutPort(name), name);
}

} // namespace
} // namespace dlc::serve
