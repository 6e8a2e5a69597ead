// SPDX-License-Identifier: Apache-2.0
#include "store/plan_file.h"

#include <unordered_map>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "plan/plan_lists.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kLayout = "dovetail plan 2";

// Numbers distinct values in the order of their first use.
class Parts {
 public:
  size_t number_of(const Json& value) {
    std::string text = value.dump();
    const auto [known, is_new] = numbers_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(std::move(text));
    return known->second;
  }
  std::string text() const { return join(texts_, ",\n"); }

 private:
  std::unordered_map<std::string, size_t> numbers_;
  std::vector<std::string> texts_;
};

std::vector<std::string> keys_of(const std::vector<Job>& jobs, const std::vector<int64_t>& inputs) {
  std::vector<std::string> keys;
  for (const int64_t input : inputs) keys.push_back(jobs.at(static_cast<size_t>(input)).key);
  return keys;
}

std::string text_of(const Job& job, const Plan& plan, Parts& parts) {
  Json json = job;
  for (Json& value : json["settings"]) value = parts.number_of(value);
  json["locations"] = parts.number_of(json["locations"]);
  if (job.input_keys == keys_of(plan.jobs, job.inputs)) json.erase("input_keys");
  return json.dump();
}

std::string text_of(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += (text.empty() ? "" : ",\n") + Json(cell).dump();
  return text;
}

// Reads either layout, and makes a job or cell of its JSON as soon as that is complete.
class PlanParser {
 public:
  explicit PlanParser(bool with_settings) : with_settings_(with_settings) {}

  Plan parse(std::string_view text) {
    using Event = Json::parse_event_t;
    const Json rest = Json::parse(text, [this](int depth, Event event, Json& value) {
      if (event == Event::key) return take_key(depth, value);
      if (event == Event::value && depth == 1 && member_ == "layout") check_layout(value);
      if (event == Event::array_end && depth == 1 && member_ == "parts") parts_ = std::move(value);
      return event != Event::object_end || depth != 2 || !take_entry(value);
    });
    for (const char* list : {"jobs", "cells", "probes"}) {
      if (!rest.at(list).is_array()) throw_<DataError>("\"{}\" is no list", list);
    }
    read_all_but_lists(rest, plan_);
    check_cells(plan_);
    return std::move(plan_);
  }

 private:
  // Whether the member of this name is read.
  bool take_key(int depth, const Json& name) {
    if (depth == 1) member_ = name;
    const bool of_job = depth == 3 && member_ == "jobs";
    return with_settings_ || !of_job || (name != "settings" && name != "locations");
  }

  void check_layout(const Json& layout) {
    if (layout != kLayout) {
      throw_<DataError>("expected the layout \"{}\", or none, and found {}", kLayout,
                        layout.dump());
    }
    is_packed_ = true;
  }

  bool take_entry(Json& json) {
    if (member_ == "jobs") {
      add_job(json);
    } else if (member_ == "cells") {
      plan_.cells.push_back(json.get<Cell>());
    } else if (member_ == "probes") {
      plan_.probes.push_back(json.get<Cell>());
    } else {
      return false;
    }
    return true;
  }

  void add_job(Json& json) {
    if (!with_settings_) {
      json["settings"] = nullptr;
      json["locations"] = Json::object();
    } else if (is_packed_) {
      for (Json& value : json.at("settings")) value = parts_.at(value.get<size_t>());
      json["locations"] = parts_.at(json.at("locations").get<size_t>());
    }
    if (!json.contains("input_keys"))
      json["input_keys"] = keys_of(plan_.jobs, json.at("inputs").get<std::vector<int64_t>>());
    plan_.jobs.push_back(json.get<Job>());
  }

  bool with_settings_;
  bool is_packed_ = false;
  std::string member_;  // of the whole, that is being read
  Json parts_;
  Plan plan_;
};

template <typename Read>
auto read_file_of(const fs::path& results_folder, Read read) {
  const fs::path file = results_folder / "plan.json";
  const MappedFile mapped(file);
  try {
    return read(mapped.bytes());
  } catch (const std::exception& error) {  // of the JSON library, or a DataError
    throw_<DataError>(
        "{} cannot be read as a plan by this version of dovetail: {}. Take the version that wrote "
        "it; or remove it and give the run command again, finished jobs are kept in the journal",
        file.string(), error.what());
  }
}

}  // namespace

Plan read_plan(const fs::path& results_folder) {
  return read_file_of(results_folder,
                      [](std::string_view text) { return PlanParser(true).parse(text); });
}

Plan read_plan_without_settings(const fs::path& results_folder) {
  return read_file_of(results_folder,
                      [](std::string_view text) { return PlanParser(false).parse(text); });
}

PlanIndex read_plan_index(const fs::path& results_folder) {
  return read_file_of(results_folder, [](std::string_view text) {
    const std::string begin = fmt::format("{{\"layout\":\"{}\",\"index\":", kLayout);
    const size_t end = text.find(",\n");
    if (!text.starts_with(begin) || end == std::string_view::npos)
      return index_of(PlanParser(false).parse(text));
    return index_from(Json::parse(text.substr(begin.size(), end - begin.size())));
  });
}

std::string plan_text(const Plan& plan) {
  Parts parts;
  std::string jobs;
  for (const Job& job : plan.jobs) jobs += (jobs.empty() ? "" : ",\n") + text_of(job, plan, parts);
  return fmt::format(
      "{{\"layout\":\"{}\",\"index\":{},\n\"parts\":[{}],\n\"jobs\":[{}],\n\"cells\":[{}],\n"
      "\"probes\":[{}],\n{}\n",
      kLayout, index_json(index_of(plan)).dump(), parts.text(), jobs, text_of(plan.cells),
      text_of(plan.probes), json_without_lists(plan).dump().substr(1));
}

void write_plan(const fs::path& results_folder, const Plan& plan) {
  write_file_atomically(results_folder / "plan.json", plan_text(plan));
}

}  // namespace dovetail
