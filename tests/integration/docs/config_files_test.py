#!/usr/bin/env python3
"""The settings files that we ship are right, and name every setting there is, those of their plugins too."""

import os
import subprocess
import unittest
from pathlib import Path

SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])


def treasurer(*words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TREASURER_")}
    return subprocess.run([BUILD / "bin/treasurer", *words], env=environment, capture_output=True, text=True,
                          timeout=60, check=False)


class ConfigFiles(unittest.TestCase):
    def test_each_file_is_right_and_whole(self):
        files = sorted((SOURCE / "config").glob("*.yaml"))
        self.assertGreaterEqual(len(files), 2)
        for file in files:
            with self.subTest(file=file.name):
                checked = treasurer("config", "check", file)
                self.assertEqual((checked.returncode, checked.stderr), (0, ""))
                shown = treasurer("config", "show", "--config", file)
                self.assertEqual(shown.returncode, 0, shown.stderr)
                left_out = [line for line in shown.stdout.splitlines() if line.endswith("# default")]
                self.assertEqual(left_out, [], "settings that the file does not name")


if __name__ == "__main__":
    unittest.main()
