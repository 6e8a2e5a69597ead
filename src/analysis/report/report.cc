// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report.h"

#include "analysis/methods/methods_tex.h"
#include "analysis/report/decision_json.h"
#include "analysis/report/report_page.h"
#include "analysis/report/report_tables.h"
#include "base/error.h"
#include "base/file.h"

namespace dovetail {

std::filesystem::path write_report(const std::filesystem::path& folder, const Analysis& analysis,
                                   const TestExamples& examples) {
  const ReportModel model = report_model(analysis, examples);
  const std::filesystem::path report = folder / "report";
  std::error_code error;
  std::filesystem::create_directories(report / "tables", error);
  if (error)
    throw_<SystemError>("cannot make the folder {}: {}", (report / "tables").string(),
                        error.message());
  for (const auto& [name, text] : report_tables(model))
    write_file_atomically(report / "tables" / name, text);
  write_file_atomically(
      report / "decision.json",
      decision_json(model).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  write_file_atomically(report / "methods.tex", methods_tex(model.methods));
  write_file_atomically(report / "methods.bib", methods_bib(model.methods));
  write_file_atomically(report / "index.html", report_page(model));
  return report / "index.html";
}

}  // namespace dovetail
