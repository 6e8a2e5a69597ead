// SPDX-License-Identifier: Apache-2.0
// write_made_up_report FOLDER [SHARE]: a report of made-up results, for the check of the page's
// form and for looking at it. SHARE of the cells are finished (1: all).
#include <cstdio>
#include <cstdlib>

#include "analysis/made_up.h"
#include "analysis/report/report.h"

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("expected a folder to write to: write_made_up_report FOLDER [SHARE]\n", stderr);
    return 2;
  }
  const double share = count > 2 ? std::atof(arguments[2]) : 1.0;
  const auto results = dovetail::made_up::random_results(7, share);
  std::puts(dovetail::write_report(arguments[1], dovetail::analyse(results.plan, results.records))
                .c_str());
}
