// SPDX-License-Identifier: Apache-2.0
// Pickles assembled by hand from the opcodes of Python's pickletools.
#include "model/checkpoints/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

using Kind = Pickle::Kind;
using testing::HasSubstr;

// A literal with zeros in it.
template <size_t N>
std::string raw(const char (&text)[N]) {
  return {text, N - 1};
}

std::string pickle_refusal(const std::string& bytes) {
  try {
    Pickle(bytes, "x.bin");
  } catch (const DataError& error) {
    return error.what();
  }
  return "taken";
}

TEST(Pickle, ReadsADictOfNumbers) {
  // {"a": 5, "b": (300, -2)}
  const std::string bytes =
      raw("\x80\x02}q\x00(X\x01\x00\x00\x00"
          "aK\x05X\x01\x00\x00\x00"
          "bM\x2c\x01J\xfe\xff\xff\xff\x86u.and more");
  const Pickle pickle(bytes, "x.bin");
  const Pickle::Value& root = pickle.root();
  ASSERT_EQ(root.kind, Kind::kDict);
  ASSERT_EQ(root.items.size(), 4u);
  EXPECT_EQ(pickle[root.items[0]].text, "a");
  EXPECT_EQ(pickle[root.items[1]].number, 5);
  const Pickle::Value& pair = pickle[root.items[3]];
  ASSERT_EQ(pair.kind, Kind::kTuple);
  EXPECT_EQ(pickle[pair.items[0]].number, 300);
  EXPECT_EQ(pickle[pair.items[1]].number, -2);
  EXPECT_EQ(bytes.substr(pickle.num_bytes(), 3), "and");
}

TEST(Pickle, ReadsLongNumbersOfEverySign) {
  EXPECT_EQ(Pickle(raw("\x80\x02\x8a\x01\xff."), "x").root().number, -1);
  EXPECT_EQ(Pickle(raw("\x80\x02\x8a\x02\xff\x00."), "x").root().number, 255);
  EXPECT_EQ(Pickle(raw("\x80\x02\x8a\x00."), "x").root().number, 0);
}

TEST(Pickle, RefusesAnyOtherGlobalByName) {
  EXPECT_THAT(pickle_refusal("\x80\x02"
                             "cos\nsystem\n."),
              HasSubstr("\"os system\""));
  EXPECT_THAT(pickle_refusal("\x80\x02"
                             "cbuiltins\neval\n."),
              HasSubstr("\"builtins eval\""));
  EXPECT_THAT(pickle_refusal("\x80\x02"
                             "ctorch\nload\n."),
              HasSubstr("\"torch load\""));
  EXPECT_THAT(pickle_refusal("\x80\x02"
                             "ctorch._utils\n_rebuild_tensor_v3\n."),
              HasSubstr("_rebuild_tensor_v3"));
}

TEST(Pickle, RefusesWhatStateDictsDoNotUse) {
  EXPECT_THAT(pickle_refusal("\x80\x02i__main__\nX\n."), HasSubstr("opcode 0x69"));  // INST
  EXPECT_THAT(pickle_refusal("\x80\x04N."), HasSubstr("protocol 4"));
  EXPECT_THAT(pickle_refusal("\x80\x02."), HasSubstr("empty stack"));
  EXPECT_THAT(pickle_refusal("\x80\x02h\x07."), HasSubstr("recalls"));
  EXPECT_THAT(pickle_refusal("\x80\x02NNs."), HasSubstr("empty stack"));
  EXPECT_THAT(pickle_refusal("\x80\x02NNNs."), HasSubstr("no list or dict"));
  EXPECT_THAT(pickle_refusal("\x80\x02}(Nu."), HasSubstr("key without a value"));
  EXPECT_THAT(pickle_refusal("\x80\x02"
                             "ccollections\nOrderedDict\nN\x85R."),
              HasSubstr("state dicts do not"));
}

TEST(Pickle, RefusesLengthsThatAreNotThere) {
  EXPECT_THAT(pickle_refusal(raw("\x80\x02X\xff\xff\xff\xff"
                                 "abc.")),
              HasSubstr("not a whole file"));
  EXPECT_THAT(pickle_refusal("\x80\x02"
                             "cos"),
              HasSubstr("does not end"));
  EXPECT_THAT(pickle_refusal("\x80\x02}"), HasSubstr("not a whole file"));
}

// A value in a value in a value, half a million deep, and back out of it again.
TEST(Pickle, DepthCostsNoStack) {
  std::string bytes = "\x80\x02)";
  bytes += std::string(500'000, '\x85');
  const Pickle pickle(bytes + ".", "x.bin");
  EXPECT_EQ(pickle.root().kind, Kind::kTuple);
  EXPECT_THAT(pickle_refusal("\x80\x02" + std::string(2'000'000, 'N') + "."),
              HasSubstr("operations"));
}

// A long tuple used as arguments again and again would otherwise fill the memory.
TEST(Pickle, LongArgumentsAreRefused) {
  std::string bytes = "\x80\x02(" + std::string(1000, 'N') + "tq";
  bytes.push_back('\0');
  EXPECT_THAT(pickle_refusal(bytes + "Q."), HasSubstr("too many arguments"));
}

}  // namespace
}  // namespace dovetail
