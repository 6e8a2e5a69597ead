// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dovetail {

// Compares with tests/golden/NAME, byte for byte; tests/golden/regenerate writes the files anew.
// Tests that use it have "Golden" in their names, which is how that script finds them.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path =
      std::filesystem::path(DOVETAIL_SOURCE_DIR) / "tests/golden" / name;
  if (std::getenv("DOVETAIL_REGENERATE_GOLDEN")) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing: run tests/golden/regenerate and read what it made";
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(text, expected.str())
      << path << " differs: if that was meant, run tests/golden/regenerate and read the change";
}

}  // namespace dovetail
