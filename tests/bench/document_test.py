#!/usr/bin/env python3
"""docs/performance.md is what its figures and its template yield, and the knobs that it names are there to be turned."""

import json
import os
import re
import subprocess
import sys
import types
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]

import bars  # noqa: E402
import document  # noqa: E402
import run  # noqa: E402
from host import PROGRAM, SOURCE  # noqa: E402
from parts import PARTS  # noqa: E402

KNOB = re.compile(r"`([a-z_]+(?:\.[a-z_]+)+)(?:: [^`]*)?`")


def settings():
    """The names of all settings of the shipped files, those of their plugins too."""
    names = set()
    for name in ("embedded.yaml", "production.yaml"):
        done = subprocess.run([PROGRAM, "config", "show", "--config", os.path.join(SOURCE, "config", name)],
                              capture_output=True, text=True, check=True)
        names |= {line.split(":", 1)[0] for line in done.stdout.splitlines()}
    return names


class Document(unittest.TestCase):
    def setUp(self):
        with open(document.RESULTS, encoding="utf-8") as file:
            self.found = json.load(file)
        with open(document.TEMPLATE, encoding="utf-8") as file:
            self.template = file.read()

    def test_parts_that_were_run_or_included_take_the_place_of_what_was_there_and_no_others(self):
        name, other = list(self.found["figures"])[:2]
        figure = {"unit": "times", "values": [4711.0]}
        some = types.SimpleNamespace(of_part={"soak": {name}, "growth": {other}, "mixed": {"mixed.new"}},
                                     state={"soak": "run apart: then", "growth": "failed in round 1", "mixed": "run"})
        rest = run.beside_the_rest(some, {"machine": self.found["machine"], "when": "now", "texts": {},
                                          "figures": {name: figure, other: figure, "mixed.new": figure}},
                                   {"this project": "abc"})
        self.assertEqual(rest["figures"][name], figure)
        self.assertEqual(rest["figures"][other], self.found["figures"][other])
        self.assertEqual(rest["figures"]["mixed.new"], figure)
        self.assertEqual((rest["state"]["soak"], rest["state"]["mixed"]), ("run apart: then", "run apart: now, abc"))
        self.assertEqual(rest["state"]["growth"], self.found["state"]["growth"])

    def test_it_is_what_its_figures_yield(self):
        with open(document.DOCUMENT, encoding="utf-8") as file:
            self.assertEqual(file.read(), document.text_of(self.found))

    def test_every_knob_is_a_setting(self):
        knobs = {name for name in KNOB.findall(self.template) if not name.endswith((".py", ".yaml", ".json", ".md"))}
        self.assertGreater(len(knobs), 10)
        self.assertEqual(knobs - settings(), set())

    def test_it_says_of_every_part_whether_it_was_run(self):
        self.assertEqual(set(self.found["state"]), set(PARTS))

    def test_every_bar_is_told_met_or_not(self):
        told = document.Found(self.found).bars()
        self.assertEqual(len(told), len(bars.BARS))
        for what, limit, measured, verdict in told:
            self.assertTrue(limit and verdict, what)
            self.assertEqual(measured == document.MISSING, verdict == document.MISSING, what)


def verdict_of(bar, values):
    found = {"machine": {"cores": "2"}, "texts": {}, "state": {}, "versions": {},
             "figures": {bar.figure: {"unit": bar.unit, "values": values}}}
    return {what: verdict for what, _, _, verdict in document.Found(found).bars()}[bar.what]


class Bars(unittest.TestCase):
    def test_a_bar_is_met_at_its_limit_and_not_beyond(self):
        for bar in bars.BARS:
            for limit, beyond in ((bar.at_least, -1), (bar.at_most, 1)):
                if limit is not None:
                    self.assertTrue(bar.is_met(limit), bar)
                    self.assertFalse(bar.is_met(limit + beyond), bar)

    def test_a_figure_that_misses_its_bar_is_told_as_missed(self):
        bar = next(one for one in bars.BARS if one.at_least and not one.cores)
        self.assertEqual(verdict_of(bar, [bar.at_least / 2, bar.at_least / 3, bar.at_least * 9]), "**not met**")
        self.assertEqual(verdict_of(bar, [bar.at_least / 2, bar.at_least * 3, bar.at_least * 9]), "met")

    def test_where_every_round_counts_one_is_enough(self):
        bar = next(one for one in bars.BARS if one.every_round and one.at_most == 0)
        self.assertEqual(verdict_of(bar, [0, 0, 1]), "**not met**")
        self.assertEqual(verdict_of(bar, [0, 0, 0]), "met")


if __name__ == "__main__":
    unittest.main()
