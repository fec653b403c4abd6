#!/usr/bin/env python3
"""A stranger's plugin project builds against the installed SDK alone, with a kit that it compiles itself, and the host
runs what comes out of it: the example examples/plugin_parser, copied away from this tree.

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
LAUNCHER = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])


class SdkPackage(unittest.TestCase):
    def run_tool(self, *command):
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                             env={**os.environ, "CCACHE_BASEDIR": tempfile.gettempdir(), "CCACHE_NOHASHDIR": "1"})
        self.assertEqual(run.returncode, 0, f"{command}\n{run.stdout}{run.stderr}")
        return run.stdout

    def test_a_plugin_needs_only_the_installed_sdk(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.run_tool(CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", folder / "sdk")
            shutil.copytree(SOURCE / "examples/plugin_parser", folder / "project")
            self.run_tool(CMAKE, "-S", folder / "project", "-B", folder / "out", "-G", "Ninja", "-DATR_PLUGIN_CHECK=",
                          "-DCMAKE_PREFIX_PATH=" + str(folder / "sdk"), "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror",
                          "-DCMAKE_BUILD_TYPE=Debug", *(LAUNCHER if shutil.which("ccache") else []))
            self.run_tool(CMAKE, "--build", folder / "out")
            self.run_tool("ctest", "--test-dir", folder / "out", "--output-on-failure", "--no-tests=error")

            symbols = self.run_tool("nm", "-D", "--defined-only", folder / "out/parser_labels.so").split()[2::3]
            self.assertEqual(symbols, ["atr_plugin_entry_v1"])

            installed = {p for p in (folder / "sdk").rglob("*") if p.is_file()}
            text = {".h", ".hpp", ".c", ".cpp", ".rs", ".cmake", ".map", ".md", ".txt"}
            others = {str(p.relative_to(folder / "sdk")) for p in installed if p.suffix not in text and p.name != ".gitignore"}
            self.assertEqual(others, {"bin/atr_plugin_check"}, "the SDK is text, and the kit's program where it was built")

            line = self.run_tool(BUILD / "bin/treasurer", "parse", "--config", SOURCE / "config/embedded.yaml",
                                 "--data", folder / "data", "--set", "intake.order=[labels]",
                                 "--set", f"plugins.parsers.labels.use={folder / 'out/parser_labels.so'}",
                                 folder / "project/invoice.txt")
            read = json.loads(line)
            self.assertEqual((read["outcome"], read["vendor_name"], read["invoice_number"], read["total"], read["currency"]),
                             ("ok", "Larch & Linden Print", "LL-2031", "84.50", "EUR"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
