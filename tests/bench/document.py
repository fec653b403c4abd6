#!/usr/bin/env python3
"""docs/performance.md, from what a run found (docs/performance.json) and a template (tests/bench/performance.md.in).

No figure is typed by hand: the template has {{words}} where something that was measured stands.

    {{NAME}}            a figure's median and unit      {{NAME spread}}  with the smallest and largest round
    {{median NAME}}     the median alone                {{bars}} {{machine}} {{versions}} {{parts}} {{when}}  tables and facts
    {{grid ROWS}} {{loads}}  see GRIDS, LOADS           {{list PREFIX}}  a table of all figures whose names begin so

    document.py [--check]      writes it; --check: says whether it is what it would write
"""

import json
import os
import re
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]

import bars  # noqa: E402
from bars import shown  # noqa: E402

ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
DOCUMENT, RESULTS = os.path.join(ROOT, "docs", "performance.md"), os.path.join(ROOT, "docs", "performance.json")
TEMPLATE = os.path.join(HERE, "performance.md.in")
MISSING = "not measured"
LOADS = (1_000, 10_000, 1_000_000)  # payments a day
BUSIEST_HOUR = 0.1  # of a day's payments
# Tables of figures: heading of the first column, {row: how its figures are named}, {column: what stands for * there}.
GRIDS = {
    "payments": ("clients", {"ours, PostgreSQL": "payments.postgres.*", "ours, SQLite": "payments.sqlite.*",
                             "original stack": "payments.peer.*", "plain SQL": "payments.sql.*"},
                 ["1", "8", "64", "256"]),
    "payments_p50": ("clients", {"ours, PostgreSQL": "payments.postgres.*.p50", "ours, SQLite": "payments.sqlite.*.p50",
                                 "original stack": "payments.peer.*.p50", "plain SQL": "payments.sql.*.p50"},
                     ["1", "8", "64", "256"]),
    "payments_cpu": ("clients", {"our host, on PostgreSQL": "payments.postgres.*.cpu.host",
                                 "PostgreSQL below our host": "payments.postgres.*.cpu.PostgreSQL",
                                 "our host, on SQLite": "payments.sqlite.*.cpu.host",
                                 "original stack and its Redis": "payments.peer.*.cpu.service and Redis",
                                 "PostgreSQL below the original stack": "payments.peer.*.cpu.PostgreSQL"}, ["1", "8", "64", "256"]),
    "statements": ("statements of", {"payments/s": "statements.*", "commits that share a flush": "statements.*.group",
                                     "PostgreSQL's processor time a payment": "statements.*.cpu"}, ["1", "64"]),
    "dashboard": ("connections, access log", {"ours": "dashboard.ours.*", "nginx, same bytes": "dashboard.nginx.*",
                                              "bare Pistache, same bytes": "dashboard.pistache.*",
                                              "original stack, its own bytes": "dashboard.peer.*"},
                  ["64.logged", "64.unlogged", "512.logged", "512.unlogged"]),
    "mixed": ("", {"dashboards": "mixed.*.dashboards", "p50": "mixed.*.p50", "p95": "mixed.*.p95", "p99": "mixed.*.p99",
                   "p99 beside p50": "mixed.*.p99_to_p50", "p99 of the first 3 s": "mixed.*.first_p99",
                   "payments completed": "mixed.*.paid",
                   "payments, p50": "mixed.*.payment_p50", "payments, p99": "mixed.*.payment_p99",
                   "cache hits": "mixed.*.cache_hits", "errors": "mixed.*.errors",
                   "transport threads before others, at the end": "mixed.*.real_time"}, ["closed", "open", "killed"]),
    "growth": ("transactions", {f"{what}, {storage}, {of}": f"growth.{key}.{name}.*.{of}"
                                for what, name in (("a log page", "logs_cursor_1"), ("a log page of some days", "logs_filtered_1"),
                                                   ("the dashboard, nothing cached", "dashboard_1"))
                                for storage, key in (("SQLite", "sqlite"), ("PostgreSQL", "postgres"))
                                for of in ("p50", "p99")}, ["10000", "100000", "1000000", "10000000"]),
    "soak": ("", {"minutes": "soak.*.minutes", "payments completed": "soak.*.paid", "resident memory": "soak.*.memory",
                  "allocated memory": "soak.*.allocated", "errors": "soak.*.errors", "rules broken": "soak.*.rules_broken"},
             ["postgres", "sqlite"]),
}


class Found:
    """What a run found, and how it is written."""

    def __init__(self, document):
        self._all, self._figures = document, document["figures"]

    def median(self, name):
        one = self._figures.get(name)
        return statistics.median(one["values"]) if one else None

    def one(self, name, unit=True):
        if name not in self._figures:
            return MISSING
        word = self._figures[name]["unit"] if unit else ""
        return f"{shown(self.median(name))}{' ' + word if word else ''}"

    def spread(self, name):
        if name not in self._figures:
            return MISSING
        values, unit = self._figures[name]["values"], self._figures[name]["unit"]
        rounds = f" ({shown(min(values))} to {shown(max(values))})" if len(values) > 1 else ""
        return f"{shown(self.median(name))}{rounds} {unit}".strip()

    def bars(self):
        """[(what, bar, measured, verdict)] of all bars."""
        out = []
        for bar in bars.BARS:
            cores, one = int(self._all["machine"].get("cores", 0)), self._figures.get(bar.figure)
            met = one and bar.is_met(bar.judged(one["values"]))
            if not one:
                verdict = MISSING
            elif bar.cores > cores:
                verdict = f"not judged on {cores} cores" + (" (met)" if met else "")
            else:
                verdict = "met" if met else "**not met**"
            out.append((bar.what, bar.limit_text(), self.spread(bar.figure), verdict))
        return out

    def words(self, words):
        """What stands for {{words}}."""
        kind, _, rest = words.partition(" ")
        if kind == "bars":
            return table(("what", "bar", "measured: median (smallest to largest round)", ""), self.bars())
        if kind in ("machine", "versions"):
            return table(("", ""), self._all[kind].items())
        if kind == "parts":
            return table(("part", ""), self._all["state"].items())
        if kind in ("when", "minutes", "rounds"):
            return str(self._all[kind])
        if kind == "text":
            return self._all["texts"].get(rest, MISSING)
        if kind == "loads":
            return self._loads()
        if kind == "grid":
            return self._grid(*GRIDS[rest])
        if kind == "list":
            names = sorted(name for name in self._figures if name.startswith(rest))
            shown_names = {name: name.removeprefix(rest).lstrip(".") or name for name in names}
            return table(("", "measured"), [(f"`{shown_names[name]}`", self.spread(name)) for name in names])
        if kind == "median":
            return self.one(rest, unit=False)
        if rest == "spread":
            return self.spread(kind)
        return self.one(words)

    def _loads(self):
        """What a number of payments a day means, and what of a host's capacity that is."""
        def row(title, value_of):
            return (title, *(value_of(load) for load in LOADS))

        def share_of(name):
            rate = self.median(name)
            return lambda load: f"{shown(100 * load * BUSIEST_HOUR / 3600 / rate)} %" if rate else MISSING

        def day_at(name):
            size = self.median(name)
            return lambda load: size_shown(size * load) if size else MISSING

        def all_at_once(name):
            rate = self.median(name)
            return lambda load: f"{shown(load / rate / 60)} min" if rate else MISSING

        return table(("payments a day", *(f"{load:,}" for load in LOADS)), [
            row("a second, on average", lambda load: shown(load / 86400)),
            row("a second, in the busiest hour", lambda load: shown(load * BUSIEST_HOUR / 3600)),
            row("of what one host can do, SQLite", share_of("payments.sqlite.64")),
            row("of what one host can do, PostgreSQL", share_of("payments.postgres.64")),
            row("a day's payments all at once take, SQLite", all_at_once("payments.sqlite.64")),
            row("a day's payments all at once take, PostgreSQL", all_at_once("payments.postgres.64")),
            row("a day adds to the disk, SQLite", day_at("footprint.embedded.bytes_a_payment")),
            row("a day adds to the disk, PostgreSQL", day_at("footprint.production.bytes_a_payment")),
        ])

    def _grid(self, corner, rows, columns):
        named = {title: [pattern.replace("*", column) for column in columns] for title, pattern in rows.items()}
        lines = []
        for title, names in named.items():
            units = {self._figures[name]["unit"] for name in names if name in self._figures}
            unit = units.pop() if len(units) == 1 else ""
            lines.append((f"{title}, {unit}" if unit and unit not in title else title,
                          *("" if name not in self._figures else self.one(name, unit=False) for name in names)))
        return table((corner, *(column.replace(".", ", ") for column in columns)), lines)


def size_shown(size):
    return f"{shown(size / 2**30)} GiB" if size >= 2**30 else f"{shown(size / 2**20)} MiB"


def table(head, rows):
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines]) if lines else MISSING + "."


def bars_as_text(document):
    return "\n".join(f"{what}: {measured}; bar: {limit}: {verdict.replace('*', '')}"
                     for what, limit, measured, verdict in Found(document).bars())


def text_of(document):
    found = Found(document)
    with open(TEMPLATE, encoding="utf-8") as file:
        return re.sub(r"\{\{([^}]+)\}\}", lambda match: found.words(match.group(1)), file.read())


def write(document):
    with open(RESULTS, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(text_of(document))


def main():
    with open(RESULTS, encoding="utf-8") as file:
        document = json.load(file)
    if sys.argv[1:] != ["--check"]:
        write(document)
        return 0
    with open(DOCUMENT, encoding="utf-8") as file:
        if file.read() == text_of(document):
            return 0
    print("docs/performance.md is not what docs/performance.json and its template yield; python3 tests/bench/document.py writes it")
    return 1


if __name__ == "__main__":
    sys.exit(main())
