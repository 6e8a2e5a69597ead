// SPDX-License-Identifier: Apache-2.0
// Writes results files for Python's tests, and what must be read from them as JSON.
//   results_sample FOLDER big    ->  FOLDER/results.h5, FOLDER/expected.json
//   results_sample FOLDER small  ->  the same in FOLDER/results/quickstart and FOLDER/results/more,
//                                    with the names that docs/results.md uses, and
//                                    FOLDER/results/quickstart/empty.h5, where nothing has run
#include "base/file.h"
#include "store/results/results.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using Records = std::map<std::string, Record>;

void write_sample(const fs::path& folder, const Plan& plan, const Records& records) {
  Json expected = {{"records", Json::array()}, {"sweep_toml", plan.sweep_text}};
  for (const Cell& cell : plan.cells) {
    const auto record = records.find(plan.jobs[cell.job].key);
    expected["records"].push_back(
        {{"name", cell.name},
         {"baseline", cell.baseline},
         {"coordinates", cell.coordinates},
         {"record", record == records.end() ? Json() : Json(record->second)}});
  }
  fs::create_directories(folder);
  write_file_atomically(folder / "expected.json", expected.dump());
  write_results(folder / "results.h5", plan, records);
}

const Job& job_of(const Plan& plan, size_t cell) { return plan.jobs[plan.cells[cell].job]; }

Record failed_cell(const Plan& plan, size_t cell) {
  return failed_record(job_of(plan, cell), "the loss is not a number:\ngrößer als 1e38");
}

// Big enough for chunks in the cube, which begin at 64 KiB.
void write_big_sample(const fs::path& folder) {
  const Plan plan = grid_plan(
      {.objectives = 3, .tasks = 4, .templates = 4, .tunings = 3, .train_sizes = 12, .seeds = 6});
  Records records = all_finished(plan);
  records.erase(job_of(plan, 5).key);
  records[job_of(plan, 7).key] = failed_cell(plan, 7);
  write_sample(folder, plan, records);
}

// All axes, one of them with a single label, and probes.
Plan small_plan(const std::vector<std::string>& tasks, const std::vector<std::string>& seeds) {
  Plan plan{
      .sweep_name = "größe", .sweep_hash = "0123456789abcdef", .sweep_text = "name = \"größe\"\n"};
  plan.metrics = {"rouge_l", "loss"};
  const std::vector<std::vector<std::string>> labels = {
      {"none", "span_corruption"}, {"none", "lm"}, tasks, {"mapping", "prompting"}, {"full"},
      {"examples64", "all"},       seeds};
  int64_t size = 1;
  for (size_t axis = 0; axis < kAxes.size(); ++axis) {
    plan.axis_labels[kAxes[axis]] = labels[axis];
    size *= std::ssize(labels[axis]);
  }
  for (int64_t place = 0; place < size; ++place) {
    Cell cell{.name = "small"};
    int64_t block = size;
    for (size_t axis = 0; axis < kAxes.size(); ++axis) {
      block /= std::ssize(labels[axis]);
      cell.coordinates[axis] = labels[axis][place / block % labels[axis].size()];
      cell.name += "/" + cell.coordinates[axis];
    }
    cell.job = add_job(plan, JobKind::tune, cell.name, {});
    plan.cells.push_back(cell);
  }
  for (const std::string& task : tasks) {
    const std::string copy = "small/baseline/copy/" + task, probe = "small/probe/zero/" + task;
    plan.cells.push_back(
        {copy, {"", "", task}, "copy", add_job(plan, JobKind::baseline, copy, {})});
    plan.probes.push_back({probe,
                           {"none", "none", task, "mapping"},
                           "zero_shot",
                           add_job(plan, JobKind::probe, probe, {})});
  }
  return plan;
}

void write_small_samples(const fs::path& folder) {
  Plan plan =
      small_plan({"wordnet.derived_from", "wordnet.antonym", "wordnet.verb_category"}, {"1", "2"});
  plan.strata["wordnet.antonym"] = {.columns = {"d"}, .values = {{"1", "2", "1"}}};
  Records records = all_finished(plan);
  records.erase(job_of(plan, 5).key);
  records[job_of(plan, 7).key] = failed_cell(plan, 7);
  records[job_of(plan, 8).key].cost.peak_bytes = int64_t{5} << 30;  // more than 32 bits
  records[plan.jobs[plan.probes[0].job].key].per_example["probe_loss"] = {1, 2};
  write_sample(folder / "quickstart", plan, records);
  write_results(folder / "quickstart/empty.h5", plan, {});
  const Plan more = small_plan({"wordnet.category", "wordnet.antonym"}, {"3"});
  write_sample(folder / "more", more, all_finished(more));
}

}  // namespace
}  // namespace dovetail

int main(int count, char** arguments) {
  using namespace dovetail;
  if (count != 3) return 2;
  const fs::path folder = arguments[1];
  if (std::string(arguments[2]) == "small") {
    write_small_samples(folder / "results");
  } else {
    write_big_sample(folder);
  }
}
