// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/page_table.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(PageTable, CellsHaveLinesNotesAndAState) {
  const PageTable table{
      .css_class = "c",
      .columns = {"Task", "Gain"},
      .rows = {
          {text_cell("a<b"),
           table_cell({{"+0.1", LineRole::gain}, {"", LineRole::note}, {"0 to 1", LineRole::note}},
                      "better")}}};

  EXPECT_EQ(table_html(table),
            "<table class=\"c\"><thead><tr><th scope=\"col\">Task</th><th scope=\"col\">Gain</th>"
            "</tr></thead><tbody><tr><th scope=\"row\">a&lt;b</th><td class=\"better\">"
            "<span class=\"gain\">+0.1</span><small>0 to 1</small></td></tr></tbody></table>");
}

TEST(PageTable, TheLastCellOfAShortRowSpansTheRest) {
  const PageTable table{.columns = {"a", "b", "c"},
                        .rows = {{text_cell("1"), text_cell("absent", "absent")}}};

  EXPECT_NE(table_html(table).find("<td class=\"absent\" colspan=\"2\">absent</td></tr>"),
            std::string::npos);
}

TEST(PageTable, LongNamesMayBreakAndShadesAreStyles) {
  TableCell shaded = text_cell("0.5", "chosen");
  shaded.shade = 0.75;
  const PageTable table{.columns = {"a", "b"},
                        .rows = {{table_cell({{"x/y.z", LineRole::name}}), shaded}}};

  const std::string html = table_html(table);

  EXPECT_NE(html.find("<span>x/<wbr>y.<wbr>z</span>"), std::string::npos);
  EXPECT_NE(html.find("<td class=\"heat strong chosen\" style=\"--v:75%\">0.5</td>"),
            std::string::npos);
}

}  // namespace
}  // namespace dovetail
