// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/html.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(Html, TextCannotBecomeMarkup) {
  EXPECT_EQ(html_escape("<script>\"a\" & 'b'</script>"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
  EXPECT_EQ(html_escape(std::string("a\0b\x07", 4)), "a b ");
  EXPECT_EQ(html_escape("caf\xc3\xa9 \xff"), "caf\xc3\xa9 \xef\xbf\xbd");  // no UTF-8: U+FFFD
}

TEST(Html, ElementsEscapeTheirAttributes) {
  EXPECT_EQ(text_element("td", "a<b", {{"title", "\"><img>"}}),
            "<td title=\"&quot;&gt;&lt;img&gt;\">a&lt;b</td>");
}

TEST(Html, JsonInAScriptCannotEndIt) {
  EXPECT_EQ(json_for_script("[\"</script><!--\"]"), "[\"\\u003c/script>\\u003c!--\"]");
}

TEST(Html, TemplatesAreFilledOnceAndCompletely) {
  EXPECT_EQ(fill_template("<p>{{a}}{{b}}</p>", {{"a", "{{b}}"}, {"b", "!"}}), "<p>{{b}}!</p>");
  EXPECT_THROW(fill_template("{{a}}", {}), std::logic_error);
  EXPECT_THROW(fill_template("", {{"a", ""}}), std::logic_error);
}

}  // namespace
}  // namespace dovetail
