#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Functions have at most 40 lines and files 300; lines have at most 100 columns. Run without
arguments; prints every violation.

A file that needs more argues it in its first comment with the tag "budget:", as in
"// budget: one table of 320 rows, which a reader wants to see whole".
"""
import re
import unittest

from cpp_text import ROOT, SRC, first_comment, functions, sources, tracked

FUNCTION_LINES = 40
FILE_LINES = 300
COLUMNS = 100


def is_argued(text):
    return bool(re.search(r"\bbudget: \w", first_comment(text)))


def over_budget(text):
    """What is too long in a file's text, as sentences."""
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{lines} lines, budget {FILE_LINES}"
    for name, first, length in functions(text):
        if length > FUNCTION_LINES:
            yield f"line {first}: {name} has {length} lines, budget {FUNCTION_LINES}"


def wide_lines(text):
    """Numbers of the lines that are too wide. A table of Markdown, a link and a raw string are not
    to be broken."""
    raw = False
    for number, line in enumerate(text.split("\n"), start=1):
        whole = raw or 'R"' in line
        raw = (raw or 'R"(' in line) and ')"' not in line.split('R"(')[-1]
        unbreakable = line.lstrip().startswith("|") or re.search(r"\S{80,}", line)
        if len(line) > COLUMNS and not (whole or unbreakable):
            yield number


class Budgets(unittest.TestCase):
    def test_functions_and_files(self):
        wrong = [f"{path.relative_to(SRC)}: {sentence}" for path in sources()
                 if not is_argued(path.read_text()) for sentence in over_budget(path.read_text())]
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_columns(self):
        kinds = ("*.cc", "*.h", "*.cu", "*.inc", "*.py", "*.md", "CMakeLists.txt", "*.cmake",
                 "jobs/*")
        wrong = [f"{path.relative_to(ROOT)}:{number}: wider than {COLUMNS} columns"
                 for path in tracked(*kinds) if "results/reference" not in str(path)
                 for number in wide_lines(path.read_text())]
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_licence_line(self):
        wrong = [str(p.relative_to(SRC)) for p in sources()
                 if not p.read_text().startswith("// SPDX-License-Identifier: Apache-2.0\n")]
        self.assertFalse(wrong, "first line is not the SPDX line")


class TheRuleItself(unittest.TestCase):
    """The checks above would catch what they are for."""

    def test_counts_lines_of_functions(self):
        text = ("namespace a {\nclass B {\n  int c() const {\n    return 1;  // }\n  }\n};\n"
                "int d(int x,\n      int y) {\n  const char* s = \"}\";\n  if (x) {\n    y = '{';\n"
                "  }\n  return y;\n}\n}\n")
        self.assertEqual(list(functions(text)), [("c", 3, 3), ("d", 7, 8)])
        self.assertTrue(list(over_budget("int f() {\n" + "  g();\n" * 40 + "}\n")))

    def test_an_exception_wants_the_tag(self):
        self.assertTrue(is_argued("// SPDX-License\n// budget: one table, read whole\n#x\n"))
        self.assertFalse(is_argued("// SPDX-License\nint a;\n// budget: too late\n"))
        self.assertFalse(is_argued("// SPDX-License\n// Inputs are never longer than the text.\n"))

    def test_sees_wide_lines(self):
        wide = "word " * 25
        self.assertEqual(list(wide_lines(f"short\n{wide}\n| {wide} |\n")), [2])


if __name__ == "__main__":
    unittest.main()
