// SPDX-License-Identifier: Apache-2.0
// Writes a results file for tests/oracles/results_test.py, and what must be read from it as JSON.
//   results_sample FOLDER  ->  FOLDER/results.h5, FOLDER/empty.h5, FOLDER/expected.json
#include "base/file.h"
#include "store/results.h"
#include "store/store_fixture.h"

int main(int, char** arguments) {
  using namespace dovetail;
  const std::filesystem::path folder = arguments[1];
  // Big enough for chunks in the cube, which begin at 64 KiB.
  const Plan plan = grid_plan(
      {.objectives = 3, .tasks = 4, .templates = 4, .tunings = 3, .train_sizes = 12, .seeds = 6});
  auto records = all_finished(plan);
  const auto job_of = [&](size_t cell) -> const Job& { return plan.jobs[plan.cells[cell].job]; };
  records.erase(job_of(5).key);
  records[job_of(7).key] = failed_record(job_of(7), "the loss is not a number: größer als 1e38");

  Json expected = {{"records", Json::array()}, {"sweep_toml", plan.sweep_text}};
  for (const Cell& cell : plan.cells) {
    const auto record = records.find(plan.jobs[cell.job].key);
    expected["records"].push_back(
        {{"name", cell.name},
         {"baseline", cell.baseline},
         {"coordinates", cell.coordinates},
         {"record", record == records.end() ? Json() : Json(record->second)}});
  }
  write_file_atomically(folder / "expected.json", expected.dump());
  write_results(folder / "results.h5", plan, records);
  write_results(folder / "empty.h5", plan, {});
}
