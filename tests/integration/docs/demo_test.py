#!/usr/bin/env python3
"""The demo ends as the README promises; and over a folder of other documents, odd ones among them, it ends well too."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])


def demo(*words):
    return subprocess.run([sys.executable, SOURCE / "examples/demo/demo.py", "--build", BUILD, "--stop", *words],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False)


class Demo(unittest.TestCase):
    def test_the_examples_end_as_the_readme_says(self):
        done = demo()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Books equal the rail: yes", done.stdout)
        self.assertEqual(done.stdout.count("\nok  "), 4, done.stdout)
        self.assertNotIn("MISSING", done.stdout)

    def test_a_folder_of_other_documents_is_sent_whatever_is_in_it(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "empty.txt").write_bytes(b"")
            (folder / "latin1.txt").write_bytes("Rechnung für Kälte".encode("latin-1"))
            (folder / "letter.txt").write_text("Dear all, see you on Monday.\n", encoding="utf-8")
            (folder / "huge.txt").write_text("x" * 200_000, encoding="utf-8")
            done = demo(folder)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("Books equal the rail: yes", done.stdout)
            for file, outcome in (("empty", "unreadable"), ("latin1", "unreadable"), ("letter", "unreadable"),
                                  ("huge", "too large")):
                self.assertRegex(done.stdout, rf"(?m)^{file}\.txt +{outcome}")

    def test_an_empty_folder_is_an_error(self):
        with tempfile.TemporaryDirectory() as name:
            done = demo(name)
            self.assertEqual(done.returncode, 1)
            self.assertIn("there is no *.txt in", done.stderr)


if __name__ == "__main__":
    unittest.main()
