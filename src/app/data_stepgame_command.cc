// SPDX-License-Identifier: Apache-2.0
// dovetail data stepgame: makes stories of StepGame, or solves those of a file.
#include <fmt/format.h>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/front/text_output.h"
#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/near_path.h"
#include "stepgame/generator.h"
#include "stepgame/published_templates.h"
#include "stepgame/solve_report.h"
#include "stepgame/story_files.h"
#include "stepgame/story_writer.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct StepGameOptions {
  std::string solve, output, clean, template_file;
  std::string k = "1-5", d = "any", agents = "26";
  std::vector<std::string> noise = {"none"}, variants = {"plain"}, templates = {"train"};
  int64_t stories = 0, seed = 1, shown = 10;
};

int whole_number(const std::string& text, const std::string& option) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  throw_<ConfigError>("{}: expected whole numbers such as 3, 1-5 or 2,4,6; found \"{}\"", option,
                      text);
}

// "1-5" or "2,4,6" or both.
std::vector<int> whole_numbers(const std::string& text, const std::string& option) {
  std::vector<int> numbers;
  for (const std::string& part : split(text, ',')) {
    const size_t dash = part.find('-', 1);
    const int first = whole_number(part.substr(0, dash), option);
    const int last =
        dash == std::string::npos ? first : whole_number(part.substr(dash + 1), option);
    if (first > last || last - first > 1000)
      throw_<ConfigError>("{}: {} is no range from a smaller to a larger number", option, part);
    for (int number = first; number <= last; ++number) numbers.push_back(number);
  }
  return numbers;
}

// The entry of `names` that an option gives, as an enum.
template <typename Enum, size_t kCount>
std::vector<Enum> chosen(const std::vector<std::string>& given,
                         const std::array<const char*, kCount>& names, const std::string& option) {
  std::vector<Enum> all;
  for (const std::string& name : given) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      const std::vector<std::string> known(names.begin(), names.end());
      throw_<ConfigError>("{}: unknown name \"{}\": {}", option, name, did_you_mean(name, known));
    }
    all.push_back(static_cast<Enum>(found - names.begin()));
  }
  return all;
}

GeneratorSettings settings_of(const StepGameOptions& options) {
  GeneratorSettings settings{.seed = static_cast<uint64_t>(options.seed),
                             .k = whole_numbers(options.k, "-k"),
                             .agents = whole_numbers(options.agents, "--agents"),
                             .noise = {}};
  if (options.d != "any") settings.d = whole_numbers(options.d, "-d");
  for (const std::string& name : options.noise) settings.noise.push_back(parse_noise(name));
  settings.variants = chosen<StoryVariant>(options.variants, kVariantNames, "--variant");
  settings.templates = chosen<TemplateSide>(options.templates, kSideNames, "--templates");
  return settings;
}

std::vector<SentenceTemplate> templates_of(const std::string& file) {
  if (file.empty()) return own_story_templates();
  if (!fs::is_regular_file(file))
    throw_<ConfigError>("{}: no such file{}", file, near_path_hint(file));
  if (fs::path(file).extension() != ".py") return load_story_templates(file);
  PublishedTemplates published = read_published_templates(file);
  for (const auto& [place, why] : published.left_out)
    fmt::print("{}: left out, since {}\n", place, why);
  return std::move(published.templates);
}

// Before any work starts.
void check_output(const std::string& file) {
  const fs::path path(file);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder)) {
    throw_<ConfigError>("cannot write {}: there is no folder {}{}", file, folder.string(),
                        near_path_hint(folder));
  }
  if (fs::is_directory(path)) throw_<ConfigError>("cannot write {}: it is a folder", file);
  if (::access(folder.c_str(), W_OK) != 0)
    throw_<ConfigError>("cannot write {}: the folder {} may not be written to", file,
                        folder.string());
}

// Passes a writer of stories to `fill` and publishes the file that it filled.
void write_stories(const std::string& file, const std::function<void(StoryWriter&)>& fill) {
  stream_file_atomically(file, [&](const ByteSink& sink) {
    StoryWriter writer(story_format_of(file), sink);
    fill(writer);
    writer.finish();
  });
}

int make_stories(const StepGameOptions& options) {
  if (options.output.empty()) throw ConfigError("-o: name a file for the stories");
  if (options.stories < 1)
    throw_<ConfigError>("--stories: expected at least 1, found {}", options.stories);
  check_output(options.output);
  if (!options.clean.empty()) check_output(options.clean);
  const StoryGenerator generator(settings_of(options), templates_of(options.template_file));
  write_stories(options.output, [&](StoryWriter& stories) {
    for (int64_t i = 0; i < options.stories; ++i) stories.add(generator.story(i));
  });
  fmt::print("{}: {} {}\n", options.output, options.stories,
             options.stories == 1 ? "story" : "stories");
  if (options.clean.empty()) return kSuccess;
  write_stories(options.clean, [&](StoryWriter& stories) {
    for (int64_t i = 0; i < options.stories; ++i) stories.add(clean_story(generator.story(i)));
  });
  fmt::print("{}: the same without noise, story by story\n", options.clean);
  return kSuccess;
}

std::string causes_of(const StoryMiss& miss) {
  if (miss.causes.empty()) return "no known template error gives this label";
  std::vector<std::string> texts;
  for (size_t i = 0; i < miss.causes.size(); ++i)
    texts.push_back(fmt::format("{}: {}", miss.causes[i].place, miss.sentences[i]));
  return join(texts, "  ");
}

void print_misses(const SolveReport& report, int64_t shown) {
  if (report.misses.empty()) return;
  std::vector<std::vector<std::string>> rows = {{"story", "label", "corrected", "wrong template"}};
  for (const StoryMiss& miss : report.misses) {
    if (std::ssize(rows) > shown) break;
    rows.push_back({miss.place, miss.label, miss.answer.value_or("(none)"), causes_of(miss)});
  }
  print_columns(rows);
  if (std::ssize(report.misses) > shown)
    fmt::print("... and {} more; -n shows them\n", std::ssize(report.misses) - shown);
  rows = {{"template", "misses"}};
  for (const TemplateError& error : published_errors()) {
    const auto found = report.misses_by_template.find(error.place);
    if (found != report.misses_by_template.end())
      rows.push_back({error.place, fmt::format("{}", found->second)});
  }
  fmt::print("\n");
  print_columns(rows);
}

int solve_stories(const StepGameOptions& options) {
  if (!options.output.empty()) check_output(options.output);
  const SentenceReader reader(templates_of(options.template_file));
  SolveReport report;
  const auto solve = [&](StoryWriter* corrected) {
    for_each_story(options.solve, [&](StepStory story) {
      const StepAnswer answer = report.add(story, reader);
      if (!corrected || !answer.label) return;
      story.label = *answer.label;
      corrected->add(story);
    });
  };
  if (options.output.empty()) {
    solve(nullptr);
  } else {
    write_stories(options.output, [&](StoryWriter& corrected) { solve(&corrected); });
  }
  print_misses(report, options.shown);
  const nlohmann::ordered_json line = {{"file", options.solve},
                                       {"stories", report.stories},
                                       {"right", report.right},
                                       {"accuracy", report.accuracy()},
                                       {"misses", report.misses.size()},
                                       {"unexplained", report.unexplained},
                                       {"unanswerable", report.unanswerable},
                                       {"contradictory", report.contradictory},
                                       {"other_distances", report.other_distances},
                                       {"misses_by_template", report.misses_by_template}};
  fmt::print("{}\n", line.dump());
  return kSuccess;
}

void add_generator_options(CLI::App& command, StepGameOptions& options) {
  command.add_option("--stories", options.stories, "How many stories to make");
  command.add_option("--seed", options.seed, "The same seed gives the same stories (default: 1)");
  command.add_option("-k", options.k, "Edges of the chain: 3, 1-5 or 2,4,6 (default: 1-5)");
  command.add_option("-d", options.d,
                     "Edges between the two agents of the question, as -k; any: two agents at "
                     "random, as published (default: any)");
  command.add_option("--agents", options.agents,
                     "Letters to call agents by, as -k; of several, one above k is drawn for each "
                     "story (default: 26)");
  command.add_option("--noise", options.noise,
                     "none, all, or irrelevant, disconnected and supporting joined by +; of "
                     "several, one is drawn for each story (default: none)");
  command.add_option("--variant", options.variants,
                     "plain, passive, coreference or ellipsis; one or several (default: plain)");
  command.add_option("--templates", options.templates,
                     "train or held_out; one or both (default: train)");
  command.add_option("--clean", options.clean, "Write the same stories without their noise here");
}

}  // namespace

void add_data_stepgame(CLI::App& data, Action& chosen) {
  const auto options = std::make_shared<StepGameOptions>();
  CLI::App* command = data.add_subcommand(
      "stepgame", "Make stories of StepGame (where is A, seen from B?), or solve those of a file");
  add_generator_options(*command, *options);
  command->add_option("--template-file", options->template_file,
                      "Other templates: a TOML file as data/stepgame/templates.toml, or the "
                      "template.py of the published generator");
  command->add_option("-o,--output", options->output,
                      "Write the stories here (.json: as published; .txt: bAbI; else JSON lines); "
                      "with --solve those with corrected labels");
  CLI::Option* solve =
      command->add_option("--solve", options->solve,
                          "Solve the stories of this file, and name the templates that are wrong");
  command->add_option("-n", options->shown, "With --solve: how many misses to show (default: 10)")
      ->check(CLI::NonNegativeNumber);
  for (const char* name : {"--stories", "--seed", "-k", "-d", "--agents", "--noise", "--variant",
                           "--templates", "--clean"})
    solve->excludes(name);
  command->footer(
      "Example: dovetail data stepgame --stories 1000 --seed 1 -k 2-8 -d 1-6 --noise all -o "
      "test.jsonl\n         dovetail data stepgame --solve test.jsonl");
  command->callback([options, &chosen] {
    chosen = [options] {
      return options->solve.empty() ? make_stories(*options) : solve_stories(*options);
    };
  });
}

}  // namespace dovetail
