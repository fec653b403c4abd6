"""What a part of the benchmark found, written beside what it prints: build/bench/PART.json, a list of
{"name", "unit", "values"} with a value for each round, and of {"name", "text"}. tests/bench/run.py composes them.

    results = Results("payments")
    results.figure("payments.sqlite.64", "payments/s", [812.0, 830.5])
"""

import json
import os
import statistics
import subprocess
import time

from host import SOURCE

import bars

ROUGH = "TREASURER_BENCH_ROUGH"  # set by run.py --quick: one short round says too little to judge by
FOLDER = os.path.join(SOURCE, "build", "bench")


def commit():
    """What of this project is measured."""
    done = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12"], capture_output=True, text=True, cwd=SOURCE,
                          check=False)
    return done.stdout.strip() or "unknown"


class Results:
    def __init__(self, part):
        os.makedirs(FOLDER, exist_ok=True)
        self.path, self._all = os.path.join(FOLDER, part + ".json"), []
        self.text(part + ".when", f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, {commit()}")

    def figure(self, name, unit, values):
        """Notes what was measured, and prints the bar if there is one. Returns whether it is met; True without one, and for a
        rough look."""
        values = [float(value) for value in values]
        self._all.append({"name": name, "unit": unit, "values": values})
        self._write()
        bar = bars.of(name)
        if not bar:
            return True
        median = statistics.median(values)
        met = bar.is_met(bar.judged(values))
        cores = len(os.sched_getaffinity(0))
        if os.environ.get(ROUGH):
            print(f"  a rough look, not judged: {bar.what}: {bars.shown(median)} (bar: {bar.limit_text()})", flush=True)
            return True
        verdict = f"not judged on {cores} cores" if bar.cores > cores else "met" if met else "NOT MET"
        print(f"  {verdict}: {bar.what}: {bars.shown(median)} (from {bars.shown(min(values))} to "
              f"{bars.shown(max(values))}; bar: {bar.limit_text()})", flush=True)
        return met

    def text(self, name, text):
        """Something that is told rather than measured."""
        self._all.append({"name": name, "text": text})
        self._write()

    def _write(self):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self._all, file, indent=1)
