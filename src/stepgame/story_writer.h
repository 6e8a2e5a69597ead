// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/file.h"
#include "stepgame/story.h"

namespace dovetail {

// The forms of story_files.h. The name of a file says which: .json is the published form, .txt is
// bAbI text, anything else JSON lines.
enum class StoryFormat { json_lines, published_json, babi };
StoryFormat story_format_of(const std::filesystem::path& file);

// Writes stories, one after the other, to a sink.
class StoryWriter {
 public:
  StoryWriter(StoryFormat format, const ByteSink& sink) : format_(format), sink_(sink) {}
  void add(const StepStory& story);
  void finish();

 private:
  StoryFormat format_;
  const ByteSink& sink_;
  int64_t count_ = 0;
};

}  // namespace dovetail
