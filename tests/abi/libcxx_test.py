#!/usr/bin/env python3
"""Plugins of another compiler and another standard library: two examples, built against the installed SDK by clang++ with
libc++, are used by the host, which g++ built with libstdc++, and pass the kit.

    libcxx_test.py CMAKE CLANGXX
"""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CMAKE, CLANGXX = sys.argv[1:3]
SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])
EXAMPLES = {"plugin_parser": ("parser_labels", "parser"), "plugin_storage": ("storage_journal", "storage")}


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


class Libcxx(unittest.TestCase):
    def test_plugins_of_clang_and_libcxx_work_in_the_host(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            run(CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", folder / "sdk")
            for example, (plugin, kind) in EXAMPLES.items():
                with self.subTest(example):
                    out = folder / example
                    run(CMAKE, "-S", SOURCE / "examples" / example, "-B", out, "-G", "Ninja",
                        f"-DCMAKE_CXX_COMPILER={CLANGXX}", "-DCMAKE_CXX_FLAGS=-stdlib=libc++ -Wall -Wextra -Werror",
                        f"-DCMAKE_PREFIX_PATH={folder / 'sdk'}", f"-DATR_PLUGIN_CHECK={BUILD / 'bin/atr_plugin_check'}")
                    run(CMAKE, "--build", out)
                    library = out / f"{plugin}.so"
                    needed = run("readelf", "-d", library)
                    self.assertIn("libc++.so", needed)
                    self.assertNotIn("libstdc++", needed)
                    said = run(BUILD / "tests/host_calls", library, kind)
                    self.assertIn("Clang", said)
                    run("ctest", "--test-dir", out, "--output-on-failure", "--no-tests=error")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
