#!/usr/bin/env python3
"""Every plugin of plugins/ was built, and its .so exports atr_plugin_entry_v1 and nothing else.

    symbols_test.py NM
"""
import os
import subprocess
import sys
import unittest
from pathlib import Path

NM = sys.argv[1]
SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])


def exported(library):
    listing = subprocess.run([NM, "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return [line.split()[-1] for line in listing.splitlines()]


class Symbols(unittest.TestCase):
    def test_each_plugin_exports_one_symbol(self):
        wanted = sorted(p.parent.name for p in SOURCE.glob("plugins/*/CMakeLists.txt"))
        self.assertTrue(wanted, "no plugin in plugins/")
        self.assertEqual(sorted(p.stem for p in (BUILD / "plugins").glob("*.so")), wanted)
        for name in wanted:
            with self.subTest(plugin=name):
                self.assertEqual(exported(BUILD / "plugins" / f"{name}.so"), ["atr_plugin_entry_v1"])

    def test_a_shared_object_that_exports_otherwise_is_seen(self):
        self.assertNotIn("atr_plugin_entry_v1", exported(BUILD / "test_plugins/no_entry.so"))
        self.assertTrue(exported(BUILD / "test_plugins/no_entry.so"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
