// SPDX-License-Identifier: Apache-2.0
// transformers loads what save() wrote and gives the same ids: tests/oracles/tokenizer_oracle.py.
#include <gtest/gtest.h>

#include <cstdlib>

#include "text/text_fixture.h"
#include "text/vocabulary.h"

namespace dovetail {
namespace {

int run_oracle(const std::string& arguments) {
  const std::string root = DOVETAIL_SOURCE_DIR;
  return std::system(
      (root + "/.venv/bin/python " + root + "/tests/oracles/tokenizer_oracle.py " + arguments)
          .c_str());
}

bool has_transformers() {
  const std::string python = DOVETAIL_SOURCE_DIR "/.venv/bin/python";
  return std::filesystem::exists(python) &&
         std::system((python + " -c 'import transformers, sentencepiece' 2> /dev/null").c_str()) ==
             0;
}

TEST(SavedFolder, LoadsInTheReferenceImplementation) {
  if (!has_transformers()) GTEST_SKIP() << "no transformers in .venv";
  const ScratchFolder pieces, bytes;

  Vocabulary::from_file(golden_folder() / "spiece.model").save(pieces.path());
  Vocabulary::bytes(7).save(bytes.path());

  EXPECT_EQ(run_oracle("--folder " + pieces.path().string()), 0);
  EXPECT_EQ(run_oracle("--bytes --folder " + bytes.path().string()), 0);
}

}  // namespace
}  // namespace dovetail
