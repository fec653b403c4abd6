#!/usr/bin/env python3
"""What a soak calls growth, and what it does not."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "integration", "money")]

from soak import Sample, judge  # noqa: E402

STEADY = {"resident MiB": 60.0, "allocated MiB": 30.0, "descriptors": 100, "threads": 50, 'queue {queue="commits"}': 2.0}


def broken(**changing):
    """The rules that are broken when the named figures are what a function of the sample's number says."""
    samples = [Sample(n, {**STEADY, **{name: of(n) for name, of in changing.items()}}) for n in range(100)]
    return judge(samples)[1]


class Rules(unittest.TestCase):
    def test_what_stays_as_it_is_breaks_none(self):
        self.assertEqual(broken(), [])

    def test_what_grows_all_the_time_is_told(self):
        for name, of in {"resident MiB": lambda n: 60 + n * 0.1, "allocated MiB": lambda n: 30 + n * 0.05,
                         "descriptors": lambda n: 100 + n // 10, "threads": lambda n: 50 + n // 2,
                         'queue {queue="commits"}': lambda n: float(n)}.items():
            self.assertEqual(broken(**{name: of}), [f"{name} is not flat"])

    def test_what_fills_up_in_the_first_fifth_is_no_growth(self):
        self.assertEqual(broken(**{"resident MiB": lambda n: 40 + min(n, 19)}), [])

    def test_a_peak_is_no_growth(self):
        self.assertEqual(broken(**{'queue {queue="commits"}': lambda n: 4000.0 if n == 90 else 2.0}), [])

    def test_what_is_given_back_is_no_growth(self):
        self.assertEqual(broken(**{"resident MiB": lambda n: 60 - n * 0.1, "allocated MiB": lambda n: 30 - n * 0.1}), [])


if __name__ == "__main__":
    unittest.main()
