// SPDX-License-Identifier: Apache-2.0
#include "cards/data_report.h"

namespace dovetail {

int64_t FileReport::bad_rows() const {
  int64_t count = 0;
  for (const auto& [what, rows] : bad) count += rows;
  return count;
}

void to_json(nlohmann::json& json, const FileReport& report) {
  json = {{"file", report.file},
          {"split", report.split},
          {"lines", report.lines},
          {"blank_lines", report.blank_lines},
          {"rows", report.rows},
          {"kept", report.kept},
          {"duplicates", report.duplicates},
          {"left_out", report.left_out},
          {"bad", report.bad},
          {"leaks", report.leaks}};
}

void to_json(nlohmann::json& json, const LabelReport& report) {
  json = {
      {"label", report.label}, {"train", report.train}, {"test", report.test}, {"dev", report.dev}};
}

void to_json(nlohmann::json& json, const DataReport& report) {
  json = {{"name", report.name},
          {"files", report.files},
          {"problems", report.problems},
          {"notes", report.notes},
          {"refusals", report.refusals},
          {"train_examples", report.train_examples},
          {"test_examples", report.test_examples},
          {"dev_examples", report.dev_examples},
          {"train_references", report.train_references},
          {"test_references", report.test_references},
          {"dev_references", report.dev_references},
          {"shared_sources", report.shared_sources},
          {"labels", report.labels}};
}

}  // namespace dovetail
