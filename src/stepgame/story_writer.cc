// SPDX-License-Identifier: Apache-2.0
#include "stepgame/story_writer.h"

#include <nlohmann/json.hpp>

namespace dovetail {

namespace {

std::string json_text(const StepStory& story) {
  nlohmann::ordered_json json = {
      {"story", story.sentences}, {"question", story.question}, {"label", story.label}};
  if (story.k > 0) json["k"] = story.k;
  if (story.d > 0) json["d"] = story.d;
  if (!story.noise.empty()) json["noise"] = story.noise;
  if (!story.variant.empty()) json["variant"] = story.variant;
  if (!story.templates.empty()) json["templates"] = story.templates;
  return json.dump();
}

// The last column numbers supporting lines in bAbI, and is 1 in all published files.
std::string babi_text(const StepStory& story) {
  std::string text;
  size_t line = 0;
  for (const std::string& sentence : story.sentences)
    text += fmt::format("{} {}\n", ++line, sentence);
  return text + fmt::format("{} {}\t{}\t1\n", ++line, story.question, story.label);
}

}  // namespace

StoryFormat story_format_of(const std::filesystem::path& file) {
  if (file.extension() == ".json") return StoryFormat::published_json;
  return file.extension() == ".txt" ? StoryFormat::babi : StoryFormat::json_lines;
}

void StoryWriter::add(const StepStory& story) {
  switch (format_) {
    case StoryFormat::json_lines: sink_(json_text(story) + "\n"); break;
    case StoryFormat::babi: sink_(babi_text(story)); break;
    case StoryFormat::published_json:
      sink_(fmt::format("{}\"{}\": {}", count_ == 0 ? "{" : ",\n", count_, json_text(story)));
      break;
  }
  ++count_;
}

void StoryWriter::finish() {
  if (format_ == StoryFormat::published_json) sink_(count_ == 0 ? "{}\n" : "}\n");
}

}  // namespace dovetail
