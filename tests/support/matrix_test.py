#!/usr/bin/env python3
"""The table that closes `./dev test` shows every cell, and a hole in it is an error."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.sax.saxutils import escape

sys.dont_write_bytecode = True
import matrix  # noqa: E402

EVERYWHERE = ["money_a", "money_a.sqlite_redis", "money_a.postgres_memory", "money_a.postgres_redis"]
LISTED = [name if pair == matrix.DEFAULT else f"{name}.{pair}" for name, (pairs, _) in matrix.LEFT_OUT.items()
          for pair in matrix.PAIRS if pair not in pairs]


def run(results, *words):
    """matrix.py over a file as ctest writes it."""
    cases = "".join(f'<testcase name="{name}" status="{status}"><system-out>{escape(said)}</system-out></testcase>'
                    for name, status, said in results)
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(f"<testsuite>{cases}</testsuite>")
        file.flush()
        return subprocess.run([sys.executable, str(Path(matrix.__file__)), file.name, *words], capture_output=True,
                              text=True, check=False)


def passed(names):
    return [(name, "run", "") for name in names]


class Matrix(unittest.TestCase):
    def test_every_cell_is_shown(self):
        done = run(passed(EVERYWHERE[:3]) + [("money_a.postgres_redis", "fail", ""), ("unit_b", "run", "")])
        self.assertEqual(done.returncode, 0, done)
        row = next(line for line in done.stdout.splitlines() if line.startswith("money_a"))
        self.assertEqual(row.split(), ["money_a", "pass", "pass", "pass", "FAIL"])
        self.assertNotIn("unit_b", done.stdout)

    def test_a_whole_run_with_a_hole_fails_unless_it_is_listed_with_a_reason(self):
        whole = EVERYWHERE + LISTED
        self.assertEqual(run(passed(whole), "--whole").returncode, 0)
        for missing in EVERYWHERE:
            done = run(passed([name for name in whole if name != missing]), "--whole")
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("error: money_a was not run on ", done.stderr)
        self.assertEqual(run(passed(EVERYWHERE[:1])).returncode, 0, "a part of the tests need not be whole")

    def test_a_cell_that_is_listed_as_left_out_and_there_is_a_list_out_of_date(self):
        done = run(passed(EVERYWHERE + LISTED + ["money_damage.sqlite_redis"]), "--whole")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("money_damage was run on sqlite_redis, which is listed as left out", done.stderr)

    def test_the_tests_there_are_leave_no_other_hole(self):
        listed = subprocess.run(["ctest", "--test-dir", os.environ["TREASURER_BUILD"], "-N"], capture_output=True,
                                text=True, check=True).stdout
        names = re.findall(r"^ *Test +#\d+: (\S+)$", listed, re.M)
        rows = matrix.cells({name: ("pass", "") for name in names})
        self.assertGreater(len(rows), 10)
        self.assertEqual(list(matrix.problems(rows)), [])

    def test_lines_with_figures_are_told_of_tests_that_passed(self):
        done = run([("simulation", "run", "5 seeds in 2 s (2 a second): 9 payments\nevery rule was kept\n"),
                    ("mutations", "run", "a bug   median   12 seeds, at most 40: rule\n"),
                    ("any", "run", "chatter\nfigure: 7 ms\n"), ("other", "fail", "figure: 8 ms\n")])
        self.assertEqual(done.stdout.split("Figures\n")[1].splitlines(),
                         ["  simulation: 5 seeds in 2 s (2 a second): 9 payments",
                          "  mutations: a bug   median   12 seeds, at most 40: rule", "  any: 7 ms"])


if __name__ == "__main__":
    unittest.main()
