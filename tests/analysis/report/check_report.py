# SPDX-License-Identifier: Apache-2.0
"""check_report.py WRITE_MADE_UP_REPORT: writes reports of made-up results and checks their form with
Python's own parsers: every tag closed, nothing fetched from outside, JSON and CSV readable."""

import csv
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
FETCHES = {"src", "href", "action", "data", "poster", "srcset"}


class Checker(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.problems, self.data = [], set(), [], ""
        self.links = []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.problems.append(f"line {self.getpos()[0]}: <{tag}> has an attribute twice")
        for name, value in attributes:
            if name.startswith("on"):
                self.problems.append(f"line {self.getpos()[0]}: <{tag}> has a handler {name}")
            if name in FETCHES:
                self.links.append(value)
            if name == "id":
                if value in self.ids:
                    self.problems.append(f"the id {value} occurs twice")
                self.ids.add(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"line {self.getpos()[0]}: </{tag}> closes nothing that is open last")

    def handle_data(self, text):
        if self.open and self.open[-1] == "script" and not self.data:
            self.data = text


def check_page(path):
    text = path.read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(text)
    checker.close()
    problems = checker.problems + [f"<{tag}> is never closed" for tag in checker.open]
    for link in checker.links:
        if not (link.startswith("#") and link[1:] in checker.ids):
            problems.append(f"the page points to {link}")
    problems += [f"the style fetches {found}" for found in re.findall(r"(?:@import|url\()[^;]*", text.split("</style>")[0])]
    data = json.loads(checker.data)
    if not data["points"]:
        problems.append("no points to draw")
    return problems


def check_files(report):
    decisions = json.loads((report / "decision.json").read_text())
    assert decisions["format"] == "dovetail-decisions" and decisions["version"] == 1
    for name in ["cells", "decisions", "baselines", "costs", "failures", "claims", "claims_by_task", "selectors", "selectors_by_task"]:
        with open(report / "tables" / f"{name}.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file, strict=True))
        widths = {len(row) for row in rows}
        if len(widths) != 1:
            yield f"{name}.csv has rows of {sorted(widths)} fields"
        if name == "cells" and len(rows) - 1 != decisions["cells"]["total"]:
            yield f"cells.csv has {len(rows) - 1} cells, decision.json says {decisions['cells']['total']}"


def main():
    problems = []
    for share in ["1", "0.6"]:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[1], folder, share], check=True, stdout=subprocess.DEVNULL)
            report = pathlib.Path(folder) / "report"
            problems += [f"share {share}: {p}" for p in [*check_page(report / "index.html"), *check_files(report)]]
    print("\n".join(problems) or "the reports are well-formed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
