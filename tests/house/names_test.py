#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One name, one thing. Types in namespace dovetail are unique over src/ (two that differ in one
binary break the one-definition rule, and the linker keeps either); file names are unique; names in
anonymous namespaces are unique in a room, since rooms are compiled as unity builds. Run without
arguments; prints every violation."""
import collections
import unittest
from pathlib import Path

from cpp_text import (SRC, TESTS, declarations, function_signature, room_of, sources, type_name,
                      variable_name)


def shared(pairs):
    """(name, files) of every name that stands in several files."""
    files = collections.defaultdict(set)
    for name, file in pairs:
        files[name].add(str(file))
    return {name: sorted(where) for name, where in files.items() if len(where) > 1}


def types_of(text):
    """Types with a name that the linker sees: outside anonymous namespaces."""
    return {"::".join([*scope, type_name(head)]) for scope, head in declarations(text)
            if "" not in scope and type_name(head) and not is_forward(text, head)}


def is_forward(text, head):
    return f"{head};" in " ".join(text.split())


def local_names(text):
    """What an anonymous namespace of a file introduces; functions with their parameter types."""
    return {type_name(head) or function_signature(head) or variable_name(head)
            for scope, head in declarations(text) if "" in scope} - {None}


def local_clashes(folder):
    return shared((name, path.name) for path in sorted(folder.glob("*.cc"))
                  for name in local_names(path.read_text()))


class Names(unittest.TestCase):
    def test_types_are_unique(self):
        clashes = shared((name, path.relative_to(SRC)) for path in sources()
                         for name in types_of(path.read_text()))
        self.assertFalse(clashes, "two types of one name")

    def test_files_are_unique(self):
        stems = collections.Counter(p.stem for p in sources() if p.suffix == ".cc")
        self.assertFalse({stem for stem, count in stems.items() if count > 1})

    def test_local_names_are_unique_in_a_room(self):
        folders = {path.parent for root in (SRC, TESTS) for path in sources(root)}
        wrong = [f"{folder}: {name} in {', '.join(files)}" for folder in sorted(folders)
                 for name, files in local_clashes(folder).items()]
        self.assertFalse(wrong, "rename one of each to say what it is:\n" + "\n".join(wrong))


class TheRuleItself(unittest.TestCase):
    """The checks above would catch what they are for."""

    def test_sees_types(self):
        text = ("namespace dovetail {\nstruct Far;\nstruct A {\n  struct Inner {};\n};\n"
                "enum class B : int { x };\nclass C final : public A {\n};\n"
                "namespace {\nstruct Local {};\n}\nA f(const B& b) { return {}; }\n}\n")
        self.assertEqual(types_of(text), {"dovetail::A", "dovetail::B", "dovetail::C"})

    def test_sees_local_names(self):
        text = ("namespace dovetail {\nnamespace {\nusing Json = int;\nconstexpr int kFew = 3;\n"
                "std::vector<int> g(const Row& row, std::span<const int> of = {}) { return {}; }\n"
                "}\nint seen();\n}\n")
        self.assertEqual(local_names(text),
                         {"Json", "kFew", "g(const Row&, std::span<const int>)"})

    def test_sees_what_two_files_share(self):
        self.assertEqual(shared([("A", "x.h"), ("A", "y.h"), ("B", "x.h")]), {"A": ["x.h", "y.h"]})


if __name__ == "__main__":
    unittest.main()
