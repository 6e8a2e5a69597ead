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
  enum class Jobs { whole, named };
  explicit PlanParser(Jobs jobs) : jobs_(jobs) {}

  // All but the jobs that are only named.
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
    check_cells(plan_, jobs_ == Jobs::whole ? plan_.jobs.size() : named_.size());
    return std::move(plan_);
  }

  std::vector<PlanOutline::NamedJob> take_named() { return std::move(named_); }

 private:
  // Whether the member of this name is read.
  bool take_key(int depth, const Json& name) {
    if (depth == 1) member_ = name;
    if (jobs_ == Jobs::whole || depth != 3 || member_ != "jobs") return true;
    return name == "key" || name == "name" || name == "kind" || name == "cost_seconds";
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
      jobs_ == Jobs::whole ? add_job(json) : add_named_job(json);
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
    if (is_packed_) {
      for (Json& value : json.at("settings")) value = parts_.at(value.get<size_t>());
      json["locations"] = parts_.at(json.at("locations").get<size_t>());
    }
    if (!json.contains("input_keys"))
      json["input_keys"] = keys_of(plan_.jobs, json.at("inputs").get<std::vector<int64_t>>());
    plan_.jobs.push_back(json.get<Job>());
  }

  void add_named_job(const Json& json) {
    named_.push_back({json.at("key"), json.at("name"),
                      job_kind_from(json.at("kind").get<std::string>()), json.at("cost_seconds")});
  }

  Jobs jobs_;
  bool is_packed_ = false;
  std::string member_;  // of the whole, that is being read
  Json parts_;
  Plan plan_;
  std::vector<PlanOutline::NamedJob> named_;
};

PlanOutline outline_from(std::string_view text) {
  PlanParser parser(PlanParser::Jobs::named);
  Plan plan = parser.parse(text);
  return {std::move(plan), parser.take_named()};
}

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
  return read_file_of(results_folder, [](std::string_view text) {
    return PlanParser(PlanParser::Jobs::whole).parse(text);
  });
}

PlanOutline read_plan_outline(const fs::path& results_folder) {
  return read_file_of(results_folder, outline_from);
}

PlanIndex read_plan_index(const fs::path& results_folder) {
  return read_file_of(results_folder, [](std::string_view text) {
    const std::string begin = fmt::format("{{\"layout\":\"{}\",\"index\":", kLayout);
    const size_t end = text.find(",\n");
    if (!text.starts_with(begin) || end == std::string_view::npos)
      return index_of(outline_from(text));
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
