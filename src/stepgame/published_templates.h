// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stepgame/story_templates.h"

namespace dovetail {

// The templates of the published generator (template.py of Shi et al. 2022), from a copy that the
// user has. Each function there, such as object1_left_object2, has a list of sentences about AA and
// BB, and says which of them is object1. Templates whose text says another relation than the
// function's are left out, as are repeated ones; every fourth of a list is held out.
struct PublishedTemplates {
  struct LeftOut {
    std::string place;  // FILE:LINE
    std::string why;
  };
  std::vector<SentenceTemplate> templates;
  std::vector<LeftOut> left_out;
};

// DataError for a file without such functions, or with one whose relation is unknown (FILE:LINE).
PublishedTemplates read_published_templates(const std::filesystem::path& file);

}  // namespace dovetail
