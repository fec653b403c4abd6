#!/usr/bin/env python3
"""How what people look at costs more as the books grow: GET /api/dashboard/logs and GET /api/dashboard, at 10 thousand to 10
million transactions, all sizes side by side in one run.

    growth.py [sqlite] [postgres] [--most N] [--whole N] [--rounds N] [--seconds N]

One store for each size, filled with copies of what a host wrote (multiplied_store.py): lines of the activity log up to N =
--most, and payments and transfers, which the dashboard reads, up to --whole. Every size is first read and compared with the
store: pages in order, none missing, none twice. Then wrk asks all hosts in turn for pages of 50 at random places of the
whole list:

    cursor   a cursor, no filter            filtered   a cursor within created_from and created_to

with one connection and with 16. The dashboard is asked for by one client that changes a limit before each look, so that
nothing is answered from a cache. Prints medians of the rounds. Ends with 1 if a page was wrong or not answered.
"""

import argparse
import contextlib
import datetime
import os
import random
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "integration", "money")]

import backends  # noqa: E402
from cpu_time import seconds_of  # noqa: E402
from host import wait_until  # noqa: E402
from log_cursor import cursor, next_of  # noqa: E402
from money_site import invoice_text, money_site, submit  # noqa: E402
from multiplied_store import columns_of, copies, filler_of  # noqa: E402
from results import Results  # noqa: E402

SIZES = [10_000, 100_000, 1_000_000, 10_000_000]
PAID = 200  # by the host itself; what all the others are copies of
PATHS = 4000
LOGS = "/api/dashboard/logs"


def moment(at_ms):
    return datetime.datetime.fromtimestamp(at_ms // 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Grown:
    """A host whose store has `size` lines of the activity log, once it was grown. end() it, whatever happens."""

    def __init__(self, size, seed):
        self.size = size
        self._random = random.Random(seed)
        self._site = money_site(f"growth-{size}", reconciliation__interval_ms=86_400_000, retention__sweep_ms=3_600_000,
                                server__access_log="none", auth__token_ttl_s=86_400)

    def grow(self, whole):
        self.host = self._site.start()
        self.token = self._site.token("boss")
        self.client = self.host.client(self.token)
        self._pay()
        began = time.monotonic()
        self._filler = filler_of(self._site)
        self._kept = {row["key"] for row in self._filler.rows("vendors", "")} | self._account_ids()
        self.lines = self._fill("activity", "at_ms", self.size)
        self._fill("payments", "created_ms", min(self.size, whole))
        self._fill("transfers", "at_ms", min(self.size, whole))
        self._filler.finish(["activity", "payments", "transfers"])
        self.seconds = time.monotonic() - began
        self.client = self.host.client(self.token)  # the other one has been idle for too long

    def _pay(self):
        wait_until(lambda: self.client.get("/api/v1/reconciliation").status == 200, 30, "a first comparison")
        clerk = self.host.client(self._site.token("clerk"))
        for number in range(PAID):
            answer = submit(clerk, invoice_text(f"G-{number:05}", f"{number % 50 + 1}.{number % 100:02}"))
            if answer.status != 200:
                raise AssertionError(f"an invoice was answered {answer}")

    def _fill(self, collection, column, size):
        """Returns how many records there are now."""
        rows = self._filler.rows(collection, f"WHERE key NOT LIKE 'receipt%' ORDER BY {column}")
        first = min(row[column] for row in rows)
        if size > len(rows):
            self._filler.fill(collection, columns_of(rows), copies(rows, size - len(rows), first, self._kept, self._filler.escape))
        self.newest = max(row[column] for row in rows) if collection == "activity" else self.newest
        self.oldest = first - (max(0, size - len(rows)) // 3 + 2) * 3000 if collection == "activity" else self.oldest
        return max(size, len(rows))

    def _account_ids(self):
        return {account["id"] for vendor in self.client.items("/api/v1/vendors") for account in vendor["accounts"]}

    def _moment(self):
        return self._random.randrange(self.oldest, self.newest)

    def path(self, kind):
        """A page at a random place. The line of the cursor need not be there: a page begins behind where it would be."""
        at = self._moment()
        key = f"{at:012x}"
        key = f"{key[:8]}-{key[8:]}-7000-8000-000000000000"
        if kind == "cursor":
            return f"{LOGS}?cursor={cursor(at, key)}"
        low = self._random.randrange(self.oldest, at + 1) // 1000 * 1000
        high = self._random.randrange(at, self.newest + 1) // 1000 * 1000 + 1000
        return (f"{LOGS}?cursor={cursor(at, key, low, high)}&created_from={moment(low)}&created_to={moment(high)}")

    def page(self, path):
        answer = self.client.get(path)
        if answer.status != 200:
            raise AssertionError(f"GET {path} was answered {answer}")
        return answer, [line["id"] for line in answer.json()]

    def walk(self, path, pages):
        """The ids of so many pages, each named by the one before."""
        out = []
        for _ in range(pages):
            answer, ids = self.page(path)
            out += ids
            path = next_of(answer)
            if not path:
                break
        return out

    def check(self):
        """Pages against the store itself. Raises at the first that is wrong; returns how many lines were compared."""
        answer, ids = self.page(LOGS)
        lines = self.client.get(LOGS).json()
        if cursor(round(lines[-1]["timestamp"] * 1000), ids[-1]) not in next_of(answer):
            raise AssertionError("cursors are made otherwise than tests/bench/log_cursor.py makes them")
        compared = self._compare(LOGS, self.size // 50 + 5 if self.size <= SIZES[0] else 20, None, None)
        for _ in range(10):
            at = self._moment() // 1000 * 1000
            compared += self._compare(f"{LOGS}?created_to={moment(at)}", 10, None, at)
            low = max(self.oldest, at - 400_000) // 1000 * 1000
            compared += self._compare(f"{LOGS}?limit=50&created_from={moment(low)}&created_to={moment(at)}", 100, low, at)
        _, ids = self.page(f"{LOGS}?page=200")
        refused = self.client.get(f"{LOGS}?page=201")
        if len(ids) != 50 or refused.status != 422 or "cursor" not in refused.json()["detail"]:
            raise AssertionError(f"page 201 is answered {refused}")
        return compared

    def _compare(self, path, pages, low, high):
        shown = self.walk(path, pages)
        whole = len(shown) < pages * 50
        if low is None:
            low = 0 if whole else self.time_of(shown[-1]) - 60_000
        stored = self._filler.keys("activity", "at_ms", low, high or self.newest + 1000)
        if len(set(shown)) != len(shown) or shown != stored[:len(shown)] or (whole and len(stored) != len(shown)):
            raise AssertionError(f"{path}: {len(shown)} lines shown, {len(stored)} stored, and they differ")
        return len(shown)

    @staticmethod
    def time_of(line_id):
        return int(line_id[:8] + line_id[9:13], 16)

    def rest(self):
        """Until it is asked again, for longer than a host keeps an idle connection."""
        self.client.close()

    def wrk(self, kind, connections, seconds):
        path = os.path.join(self._site.folder, f"paths-{kind}")
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(self.path(kind) for _ in range(PATHS)) + "\n")
        roots = [self.host.process.pid] + ([backends.postgres().process.pid] if backends.storage() == "postgres" else [])
        before = seconds_of(*roots)
        done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H", "Connection: keep-alive", "-s",
                               os.path.join(HERE, "deep_pages.lua"), self.host.url, "--", self.token, path],
                              capture_output=True, text=True, check=True)
        line = next(line for line in done.stdout.splitlines() if line.startswith("summary "))
        answered, _, refused, broken, p50, p99 = (int(word) for word in line.split()[1:])
        if refused or broken:
            raise AssertionError(f"{refused} pages were not answered with 200, {broken} not at all")
        return p50, p99, (seconds_of(*roots) - before) * 1e6 / answered

    def dashboard(self, number):
        """Microseconds of a look after a change that made every cached answer stale."""
        changed = self.client.post("/api/settings/limit", {"new_limit": 1_000_000 + number % 2})
        if changed.status != 200:
            raise AssertionError(f"a new limit was answered {changed}")
        began = time.monotonic()
        answer = self.client.get("/api/dashboard")
        took = (time.monotonic() - began) * 1e6
        if answer.status != 200:
            raise AssertionError(f"the dashboard was answered {answer}")
        return took

    def end(self):
        self._site.__exit__(None, None, None)


def percentile(values, of):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * of))]


def report(storage, what, by_size, results):
    """`by_size`: {size: [(p50, p99, processor time) of each round]}, in microseconds; 0: was not measured."""
    sizes = sorted(by_size)
    for size in sizes:
        p50, p99, cpu = zip(*by_size[size])
        ratios = [mine[1] / smallest[1] for mine, smallest in zip(by_size[size], by_size[sizes[0]])]
        spent = statistics.median(cpu)
        print(f"  {what:24} {size:>10,}  p50 {statistics.median(p50):7.0f} us  p99 {statistics.median(p99):7.0f} us  "
              f"p99 beside {sizes[0]:,}: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"
              + (f"  processor time {spent:.0f} us each" if spent else ""), flush=True)
        name = f"growth.{storage}.{what.replace(' ', '_')}.{size}"
        results.figure(name + ".p50", "us", p50)
        results.figure(name + ".p99", "us", p99)
        if spent:
            results.figure(name + ".processor_time", "us", cpu)
        results.figure(name + ".p99_ratio", f"times that of {sizes[0]}", ratios)


def measure(storage, given, results):
    os.environ["ATR_TEST_STORAGE"] = storage
    with contextlib.ExitStack() as stack:
        grown = []
        for size in (size for size in SIZES if size <= given.most):
            grown.append(Grown(size, seed=size))
            stack.callback(grown[-1].end)
            grown[-1].grow(given.whole)
            compared = grown[-1].check()
            print(f"{storage}: {size:,} lines, filled in {grown[-1].seconds:.0f} s; {compared:,} lines of pages are as they "
                  "are stored: in order, none missing, none twice; page 201 is refused and names `cursor`", flush=True)
            grown[-1].rest()
        for connections in (1, 16):
            for kind in ("cursor", "filtered"):
                rounds = {one.size: [] for one in grown}
                for turn in range(given.rounds + 1):
                    for one in grown:
                        found = one.wrk(kind, connections, given.seconds if turn else 1)
                        if turn:  # the first one warms up
                            rounds[one.size].append(found)
                report(storage, f"logs {kind} {connections}", rounds, results)
        rounds = {one.size: [] for one in grown}
        for _ in range(given.rounds):
            looks = {one.size: [] for one in grown}
            for number in range(100):
                for one in grown:
                    looks[one.size].append(one.dashboard(number))
            for size, took in looks.items():
                rounds[size].append((percentile(took, 0.5), percentile(took, 0.99), 0))
        report(storage, "dashboard 1", rounds, results)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("storages", nargs="*", default=["sqlite", "postgres"])
    options.add_argument("--most", type=int, default=SIZES[-1])
    options.add_argument("--whole", type=int, default=1_000_000, help="payments and transfers, at most")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=int, default=2, help="of one round of one size")
    given = options.parse_args()
    results = Results("growth")
    for storage in given.storages:
        measure(storage, given, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
