#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""C++ files are as clang-format 14 writes them (the wheel of requirements.txt), and paths of the
tests are literals. Run without arguments."""
import re
import shutil
import subprocess
import unittest

from cpp_text import ROOT, TESTS, sources, tracked


def clang_format():
    wheel = ROOT / ".venv/bin/clang-format"
    return str(wheel) if wheel.exists() else shutil.which("clang-format-14")


class Form(unittest.TestCase):
    @unittest.skipIf(clang_format() is None, "no clang-format 14: jobs/setup installs it")
    def test_clang_format(self):
        files = [str(p.relative_to(ROOT)) for p in tracked("*.cc", "*.h", "*.cu")]
        found = subprocess.run([clang_format(), "--dry-run", "-Werror", *files], cwd=ROOT,
                               capture_output=True, text=True)
        wrong = sorted({line.split(":")[0] for line in found.stderr.split("\n") if "error" in line})
        self.assertFalse(wrong, "run .venv/bin/clang-format -i on:\n" + "\n".join(wrong))

    def test_no_text_is_added_to_the_source_folder(self):
        """GCC 12 warns of memory beyond the end there, wrongly, where the folder's path has a
        certain length: the build would fail in some folders and not in others. Literals side by
        side are one text."""
        added = re.compile(r"string\(DOVETAIL_(SOURCE|BINARY)_DIR\)\s*\+")
        wrong = [str(p.relative_to(ROOT)) for p in sources(TESTS) if added.search(p.read_text())]
        self.assertFalse(wrong, 'write DOVETAIL_SOURCE_DIR "/data"')


if __name__ == "__main__":
    unittest.main()
