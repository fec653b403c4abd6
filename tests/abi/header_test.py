#!/usr/bin/env python3
"""atr.h is the only binary contract: it compiles alone in every language version that plugins are written in, without a
warning and without a hole in a struct that a compiler would pad as it likes.

    header_test.py CC CXX
"""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CC, CXX = sys.argv[1:3]
HEADER = Path(os.environ["TREASURER_SOURCE"]) / "sdk/include/atr/atr.h"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wpadded", "-Werror"]
LANGUAGES = [(CC, "c", "c99"), (CC, "c", "c11"), (CXX, "c++", "c++11"), (CXX, "c++", "c++20")]


def compiled(compiler, language, standard, header):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "includes_only_the_header"
        source.write_text(f'#include "{header}"\n', encoding="utf-8")
        return subprocess.run([compiler, "-x", language, f"-std={standard}", *WARNINGS, "-fsyntax-only", source],
                              capture_output=True, text=True)


class Header(unittest.TestCase):
    def test_it_compiles_alone_in_every_language(self):
        for compiler, language, standard in LANGUAGES:
            with self.subTest(standard=standard):
                run = compiled(compiler, language, standard, HEADER)
                self.assertEqual(run.returncode, 0, run.stderr)

    def test_padding_and_newer_language_would_be_found(self):
        for text in ("typedef struct hole { char a; long b; } hole;", "auto x = [] { return nullptr; };"):
            with tempfile.TemporaryDirectory() as folder:
                bad = Path(folder) / "bad.h"
                bad.write_text(HEADER.read_text(encoding="utf-8") + text + "\n", encoding="utf-8")
                self.assertNotEqual(compiled(CC, "c", "c99", bad).returncode, 0, text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
