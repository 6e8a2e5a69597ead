// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace dovetail {

// Copies on a disk of this machine of what its jobs read again and again from a shared file system:
// checkpoints and tokenised text. The ranks of a machine share the copies.
class LocalCopies {
 public:
  // `disk`: a folder, made if it is missing; "" copies nothing.
  explicit LocalCopies(std::filesystem::path disk) : disk_(std::move(disk)) {}

  // The copy of a file, or of a folder of files, made if there is none of the same names, sizes and
  // times. The original where the disk has no room, which is no failure.
  std::filesystem::path of(const std::filesystem::path& original) const;

 private:
  std::filesystem::path disk_;
};

}  // namespace dovetail
