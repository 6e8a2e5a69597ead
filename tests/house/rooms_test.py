#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The room rule (DESIGN.md, part 4): includes point down only, foreign libraries stay in their
rooms, a header owns its source, and headers do not include what is slow to compile. Run without
arguments; prints every violation."""
import re
import unittest
from pathlib import Path

from cpp_text import (SRC, TESTS, declarations, function_signature, includes, room_of, sources)

# What a room may include beside itself, lowest first; DESIGN.md, part 4. A sub-room is a room of
# its own: the network in model/ does not know of model/generation/.
ALLOWED = {
    "base": [],
    "wordnet": ["base"],
    "stepgame": ["base"],
    "text": ["wordnet", "base"],
    "plan": ["base"],
    "sweep": ["plan", "base"],
    "objectives": ["base"],
    "metrics": ["text", "wordnet", "base"],
    "examples": ["base"],
    "templates": ["examples", "base"],
    "tables": ["base"],
    "parquet": [],
    "cards": ["tables", "examples", "stepgame", "base"],
    "adaptation": ["templates", "examples", "wordnet", "base"],
    "tasks": ["cards", "adaptation", "metrics", "examples", "wordnet", "stepgame", "base"],
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
    "store/results": ["store", "plan", "base"],
    "driver": ["store", "comm", "plan", "base"],
    "slurm": ["plan", "base"],
    "planning": ["jobs", "training", "tuning", "model/checkpoints", "model", "tasks", "cards",
                 "tables", "adaptation", "templates", "examples", "metrics", "objectives", "text",
                 "sweep", "plan", "base"],
    "analysis/statistics": ["plan", "base"],
    "analysis/selectors": ["analysis/statistics", "plan", "base"],
    "analysis/decisions": ["analysis/selectors", "analysis/statistics", "plan", "base"],
    "analysis/methods": ["analysis/decisions", "analysis/selectors", "analysis/statistics", "plan",
                         "base"],
    "analysis/report": ["analysis/methods", "analysis/decisions", "analysis/selectors",
                        "analysis/statistics", "plan", "base"],
    "app/front": ["store", "plan", "base"],
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
    (re.compile(r"^(hdf5|H5\w+)(_hl)?\.h$"), ["store/results"]),
    (re.compile(r"^(sentencepiece|utf8proc|pcre2)"), ["text"]),
    (re.compile(r"^spdlog/"), ["base"]),
    (re.compile(r"^unicode/"), ["metrics"]),
    (re.compile(r"^archive(_entry)?\.h$"), ["tables"]),
    (re.compile(r"^(arrow|parquet)/"), ["parquet"]),
    (re.compile(r"^CLI/"), ["app", "app/front", "app/run", "app/bench"]),
]

# What takes a second or more to compile, and the headers of ours that may pass it on: no other
# header includes it, or every source above would pay.
SLOW = {
    "torch/torch.h": [],
    "toml++/toml.h": ["sweep/toml_table.h"],
    "CLI/CLI.hpp": [],
    "spdlog/spdlog.h": [],
}
SLOW_PATTERN = re.compile(r"^(torch/|ATen/(?!core/Tensor\.h|core/LegacyTypeDispatch\.h)|c10/cuda/)")


def include_violations(room, included, rooms=ALLOWED):
    """What is wrong with one include line of a room, as sentences."""
    home = room_of(included)
    if home in rooms and home != room and home not in rooms[room]:
        yield f"{room} may not include {home} ({included})"
    for pattern, homes in FOREIGN:
        if pattern.search(included) and room not in homes:
            yield f"only {', '.join(homes)} may include {included}"


def slow_includes(header, included, slow=SLOW):
    """Whether a header of ours must not include that, since it is slow to compile."""
    if included in slow:
        return header not in slow[included]
    return bool(SLOW_PATTERN.match(included))


def catalogue_words(folder):
    """Every word of a room's .inc lists, comments aside: the names of its entries among them."""
    return {word for path in folder.glob("*.inc")
            for word in re.findall(r"\w+", re.sub(r"//.*", "", path.read_text()))}


def functions_of(text):
    """The names of the functions that a source defines for others, without their scope."""
    heads = [re.sub(r"\w+::(?=\w+\s*\()", "", head) for scope, head in declarations(text)
             if "" not in scope]
    return {function_signature(head).split("(")[0] for head in heads if function_signature(head)}


def owns_a_header(source):
    """A source is the body of the header of its name, but for what others find by a list: entries
    of catalogues, commands, and programs."""
    if source.stem == "main" or source.stem.endswith(("_command", "_program")):
        return True
    own = str(source.with_suffix(".h").relative_to(SRC))
    return own in includes(source) or bool(
        functions_of(source.read_text()) & catalogue_words(source.parent))


class RoomRule(unittest.TestCase):
    def test_every_room_is_known(self):
        rooms = {room_of(p.relative_to(SRC)) for p in sources()}
        self.assertLessEqual(rooms, set(ALLOWED), "add the new room to DESIGN.md and to ALLOWED")

    def test_arrows_point_down(self):
        wrong = [f"{path.relative_to(SRC)}: {sentence}"
                 for path in sources() for included in includes(path)
                 for sentence in include_violations(room_of(path.relative_to(SRC)), included)]
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_headers_include_nothing_slow(self):
        wrong = [f"{path.relative_to(SRC)} includes <{included}>: name the few operations in the "
                 "source instead (ATen/ops/NAME.h), or forward-declare"
                 for path in sources() if path.suffix == ".h" for included in includes(path)
                 if slow_includes(str(path.relative_to(SRC)), included)]
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_all_of_torch_is_included_nowhere(self):
        wrong = [str(path) for root in (SRC, TESTS) for path in sources(root)
                 if root == SRC and "torch/torch.h" in includes(path)]
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_a_header_owns_its_source(self):
        wrong = [f"{path.relative_to(SRC)} has no header of its name: give it one, or put it where "
                 "its header's source is"
                 for path in sources() if path.suffix == ".cc" and not owns_a_header(path)]
        self.assertFalse(wrong, "\n" + "\n".join(wrong))


class TheRuleItself(unittest.TestCase):
    """The checks above would catch what they are for."""

    def test_catches_an_upward_arrow(self):
        self.assertTrue(list(include_violations("store", "driver/driver.h")))
        self.assertTrue(list(include_violations("model", "model/generation/generate.h")))
        self.assertFalse(list(include_violations("driver", "store/journal.h")))
        self.assertFalse(list(include_violations("model/generation", "model/t5.h")))

    def test_catches_a_foreign_library_outside_its_room(self):
        for room, header in [("sweep", "torch/torch.h"), ("driver", "mpi.h"),
                             ("analysis/report", "hdf5.h"), ("cards", "sentencepiece_processor.h"),
                             ("store", "spdlog/spdlog.h"), ("plan", "CLI/CLI.hpp")]:
            self.assertTrue(list(include_violations(room, header)), header)
        self.assertFalse(list(include_violations("comm", "mpi.h")))

    def test_catches_a_slow_header(self):
        for included in ("torch/torch.h", "ATen/ATen.h", "ATen/ops/cat.h", "toml++/toml.h"):
            self.assertTrue(slow_includes("model/t5.h", included), included)
        self.assertFalse(slow_includes("model/t5.h", "ATen/core/Tensor.h"))
        self.assertFalse(slow_includes("sweep/toml_table.h", "toml++/toml.h"))


if __name__ == "__main__":
    unittest.main()
