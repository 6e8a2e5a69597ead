#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The room rule (DESIGN.md, part 4): includes point down only, foreign libraries stay in their
rooms, functions have at most 40 lines and files 300.

A file that needs more argues it in its first comment, with the words "longer than": say there why
it is longer than the budget. Run without arguments; prints every violation.
"""
import re
import sys
import unittest
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent / "src"

# What a room may include beside itself, lowest first; DESIGN.md, part 4. A sub-room is a room of
# its own: the network in model/ does not know of model/generation/.
ALLOWED = {
    "base": [],
    "wordnet": ["base"],
    "text": ["wordnet", "base"],
    "plan": ["base"],
    "sweep": ["plan", "base"],
    "objectives": ["base"],
    "metrics": ["text", "wordnet", "base"],
    "examples": ["base"],
    "templates": ["examples", "base"],
    "cards": ["examples", "base"],
    "adaptation": ["templates", "examples", "base"],
    "tasks": ["cards", "adaptation", "examples", "wordnet", "base"],
    "kernels": ["base"],
    "model": ["kernels", "base"],
    "model/checkpoints": ["model", "base"],
    "model/generation": ["model", "kernels", "base"],
    "tuning": ["model/checkpoints", "model", "kernels", "base"],
    "training": ["tuning", "model/checkpoints", "model", "kernels", "plan", "base"],
    "jobs": ["training", "tuning", "model/generation", "model/checkpoints", "model", "kernels",
             "tasks", "adaptation", "templates", "examples", "metrics", "objectives", "text",
             "plan", "base"],
    "comm": ["base"],
    "store": ["plan", "base"],
    "driver": ["store", "comm", "plan", "base"],
    "planning": ["jobs", "training", "tuning", "model/checkpoints", "model", "tasks", "cards",
                 "adaptation", "templates", "examples", "metrics", "objectives", "text", "sweep",
                 "plan", "base"],
    "analysis/statistics": ["plan", "base"],
    "analysis/selectors": ["analysis/statistics", "plan", "base"],
    "analysis/decisions": ["analysis/selectors", "analysis/statistics", "plan", "base"],
    "analysis/report": ["analysis/decisions", "analysis/selectors", "analysis/statistics", "plan",
                        "base"],
}
# The commands may include any room.
for _app in ("app/run", "app/bench", "app"):
    ALLOWED[_app] = [*ALLOWED, "app"]

# Foreign headers, and the rooms that may include them.
TORCH_ROOMS = ["kernels", "model", "model/checkpoints", "model/generation", "tuning", "training",
               "jobs", "app", "app/run", "app/bench"]
FOREIGN = [
    (re.compile(r"^(torch|ATen|c10)/"), TORCH_ROOMS),
    (re.compile(r"^(mpi|nccl)\.h$"), ["comm"]),
    (re.compile(r"^(hdf5|H5\w+)(_hl)?\.h$"), ["store"]),
    (re.compile(r"^sentencepiece"), ["text"]),
    (re.compile(r"^spdlog/"), ["base"]),
    (re.compile(r"^CLI/"), ["app", "app/run", "app/bench"]),
]

FUNCTION_LINES = 40
FILE_LINES = 300
ARGUED = "longer than"

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def sources(root=SRC):
    return sorted(p for p in root.rglob("*") if p.suffix in {".cc", ".h", ".cu"})


def room_of(path):
    """The room of a file below src/: the folder it lies in."""
    return str(Path(path).parent)


def include_violations(room, included, rooms=ALLOWED):
    """What is wrong with one include line of a room, as sentences."""
    home = room_of(included)
    if home in rooms and home != room and home not in rooms[room]:
        yield f"{room} may not include {home} ({included})"
    for pattern, homes in FOREIGN:
        if pattern.search(included) and room not in homes:
            yield f"only {', '.join(homes)} may include {included}"


def blank_out(text):
    """The text with comments, strings and preprocessor lines as blanks, so that braces count."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
        r"|'(?:\\.|[^'\\\n])+'(?!\w)|^[ \t]*#(?:\\\n|[^\n])*",
        re.DOTALL | re.MULTILINE)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


# Braces that open something other than a function's body.
NO_FUNCTION = re.compile(r"\b(namespace|class|struct|enum|union|extern)\b[^()]*$|=\s*$|^$")


def functions(text):
    """(name, first line, number of lines) of every outermost function body."""
    clean = blank_out(text)
    stack, start, head_begin = [], None, 0
    for i, c in enumerate(clean):
        if c in ";":
            if start is None:
                head_begin = i + 1
        elif c == "{":
            head = clean[head_begin:i].strip()
            is_function = start is None and "(" in head and not NO_FUNCTION.search(head)
            stack.append(is_function)
            if is_function:
                start = (head_begin + len(clean[head_begin:i]) - len(clean[head_begin:i].lstrip()), head)
            elif start is None:
                head_begin = i + 1
        elif c == "}" and stack:
            if stack.pop():
                begin, head = start
                first = clean.count("\n", 0, begin) + 1
                name = re.findall(r"([\w:~]+)\s*\(", head)
                yield (name[0] if name else "?", first, clean.count("\n", 0, i) + 2 - first)
                start = None
            if start is None:
                head_begin = i + 1


def is_argued(text):
    first_comment = re.match(r"(?:\s*(?://[^\n]*|#[^\n]*|/\*.*?\*/)\s*\n?)+", text, re.DOTALL)
    return bool(first_comment) and ARGUED in " ".join(first_comment.group().split())


class RoomRule(unittest.TestCase):
    def test_every_room_is_known(self):
        rooms = {room_of(p.relative_to(SRC)) for p in sources()}
        self.assertLessEqual(rooms, set(ALLOWED), "add the new room to DESIGN.md and to ALLOWED")

    def test_arrows_point_down(self):
        wrong = []
        for path in sources():
            room = room_of(path.relative_to(SRC))
            for match in INCLUDE.finditer(path.read_text()):
                for sentence in include_violations(room, match.group(1)):
                    wrong.append(f"{path.relative_to(SRC)}: {sentence}")
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_budgets(self):
        wrong = []
        for path in sources():
            text = path.read_text()
            if is_argued(text):
                continue
            lines = text.count("\n")
            if lines > FILE_LINES:
                wrong.append(f"{path.relative_to(SRC)}: {lines} lines, budget {FILE_LINES}")
            for name, first, length in functions(text):
                if length > FUNCTION_LINES:
                    wrong.append(f"{path.relative_to(SRC)}:{first}: {name} has {length} lines, "
                                 f"budget {FUNCTION_LINES}")
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_licence_line(self):
        wrong = [str(p.relative_to(SRC)) for p in sources()
                 if not p.read_text().startswith("// SPDX-License-Identifier: Apache-2.0\n")]
        self.assertFalse(wrong, "first line is not the SPDX line")

    def test_no_text_is_added_to_the_source_folder(self):
        """GCC 12 warns of memory beyond the end there, wrongly, where the folder's path has a certain length: the
        build would fail in some folders and not in others. Literals side by side are one text."""
        added = re.compile(r"string\(DOVETAIL_(SOURCE|BINARY)_DIR\)\s*\+")
        wrong = [str(p.relative_to(SRC.parent)) for p in (SRC.parent / "tests").rglob("*")
                 if p.suffix in (".cc", ".h") and added.search(p.read_text())]
        self.assertFalse(wrong, "write DOVETAIL_SOURCE_DIR \"/data\"")


class TheRuleItself(unittest.TestCase):
    """The checks above would catch what they are for."""

    def test_catches_an_upward_arrow(self):
        self.assertTrue(list(include_violations("store", "driver/driver.h")))
        self.assertFalse(list(include_violations("driver", "store/journal.h")))

    def test_catches_a_foreign_library_outside_its_room(self):
        for room, header in [("sweep", "torch/torch.h"), ("driver", "mpi.h"), ("analysis", "hdf5.h"),
                             ("tasks", "sentencepiece_processor.h")]:
            self.assertTrue(list(include_violations(room, header)), header)
        self.assertFalse(list(include_violations("comm", "mpi.h")))

    def test_counts_lines_of_functions(self):
        text = ("namespace a {\nclass B {\n  int c() const {\n    return 1;  // }\n  }\n};\n"
                "int d(int x,\n      int y) {\n  const char* s = \"}\";\n  if (x) {\n    y = '{';\n"
                "  }\n  return y;\n}\n}\n")
        self.assertEqual(list(functions(text)), [("c", 3, 3), ("d", 7, 8)])

    def test_an_argued_exception_is_in_the_first_comment(self):
        self.assertTrue(is_argued("// SPDX-License\n// One table: longer than 300 lines, since\n#x\n"))
        self.assertFalse(is_argued("// SPDX-License\nint a;\n// longer than\n"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
