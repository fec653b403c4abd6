#!/usr/bin/env python3
"""A stranger's plugin project builds against the installed SDK alone, and the host runs what comes out of it: the
example examples/plugin_parser, copied away from this tree.

    sdk_package_test.py CMAKE
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CMAKE = sys.argv[1]
SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])


class SdkPackage(unittest.TestCase):
    def run_tool(self, *command):
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, f"{command}\n{run.stdout}{run.stderr}")
        return run.stdout

    def test_a_plugin_needs_only_the_installed_sdk(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.run_tool(CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", folder / "sdk")
            shutil.copytree(SOURCE / "examples/plugin_parser", folder / "project")
            self.run_tool(CMAKE, "-S", folder / "project", "-B", folder / "out", "-G", "Ninja",
                          "-DCMAKE_PREFIX_PATH=" + str(folder / "sdk"), "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
            self.run_tool(CMAKE, "--build", folder / "out", "--target", "parser_labels")

            symbols = self.run_tool("nm", "-D", "--defined-only", folder / "out/parser_labels.so").split()[2::3]
            self.assertEqual(symbols, ["atr_plugin_entry_v1"])

            installed = {p.suffix for p in (folder / "sdk").rglob("*") if p.is_file()}
            self.assertEqual(installed, {".h", ".hpp", ".cpp", ".cmake", ".map"}, "the SDK is text alone")

            line = self.run_tool(BUILD / "bin/treasurer", "parse", "--config", SOURCE / "config/embedded.yaml",
                                 "--data", folder / "data", "--set", "intake.order=[labels]",
                                 "--set", f"plugins.parsers.labels.use={folder / 'out/parser_labels.so'}",
                                 folder / "project/invoice.txt")
            read = json.loads(line)
            self.assertEqual((read["outcome"], read["vendor_name"], read["invoice_number"], read["total"], read["currency"]),
                             ("ok", "Larch & Linden Print", "LL-2031", "84.50", "EUR"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
