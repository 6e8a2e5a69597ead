# SPDX-License-Identifier: Apache-2.0
"""check_report.py WRITE_MADE_UP_REPORT: writes reports of made-up results and checks their form
with Python's own parsers: every tag closed, nothing fetched from outside, JSON and CSV readable,
the page's data equal to decision.json, with every key that the page's scripts read."""

import csv
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(__file__).resolve().parents[3] / "src" / "analysis" / "report" / "page"
TABLES = ["cells", "scores", "decisions", "baselines", "costs", "costs_by_tuning", "failures",
          "claims", "claims_by_task", "selectors", "selectors_by_task"]
VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
FETCHES = {"src", "href", "action", "data", "poster", "srcset"}


class Checker(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.problems = [], set(), []
        self.data = {}    # by the id of its script
        self.links, self.script = [], None

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
        if tag == "script":
            self.script = dict(attributes).get("id")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(
                f"line {self.getpos()[0]}: </{tag}> closes nothing that is open last")

    def handle_data(self, text):
        if self.open and self.open[-1] == "script" and self.script:
            self.data[self.script] = self.data.get(self.script, "") + text


def check_page(path):
    text = path.read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(text)
    checker.close()
    problems = checker.problems + [f"<{tag}> is never closed" for tag in checker.open]
    for link in checker.links:
        if not (link.startswith("#") and link[1:] in checker.ids):
            problems.append(f"the page points to {link}")
    fetched = re.findall(r"(?:@import|url\()[^;]*", text.split("</style>")[0])
    problems += [f"the style fetches {found}" for found in fetched]
    data = json.loads(checker.data["data"])
    if len(json.loads(checker.data["cell-rows"])) not in (0, data["cells"]["total"]):
        problems.append("the page has a part of the cells")
    if not data["points"]:
        problems.append("no points to draw")
    if data != json.loads((path.parent / "decision.json").read_text(encoding="utf-8")):
        problems.append("the page's data differ from decision.json")
    return problems + list(check_keys(data))


def check_keys(data):
    """The keys of `data` that the page's scripts read and the report does not write."""
    for script in sorted(PAGE.glob("*.js")):
        read = re.findall(r"(?<![\w.])data\.(\w+)", script.read_text(encoding="utf-8"))
        for key in sorted(set(read)):
            if key not in data:
                yield f"{script.name} reads data.{key}, which the report does not write"


def check_files(report):
    decisions = json.loads((report / "decision.json").read_text())
    assert decisions["format"] == "dovetail-decisions" and decisions["version"] == 1
    for name in TABLES:
        with open(report / "tables" / f"{name}.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file, strict=True))
        widths = {len(row) for row in rows}
        if len(widths) != 1:
            yield f"{name}.csv has rows of {sorted(widths)} fields"
        total = decisions["cells"]["total"]
        if name == "cells" and len(rows) - 1 != total:
            yield f"cells.csv has {len(rows) - 1} cells, decision.json {total}"


def main():
    problems = []
    for share in ["1", "0.6"]:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[1], folder, share], check=True, stdout=subprocess.DEVNULL)
            report = pathlib.Path(folder) / "report"
            found = [*check_page(report / "index.html"), *check_files(report)]
            problems += [f"share {share}: {problem}" for problem in found]
    print("\n".join(problems) or "the reports are well-formed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
