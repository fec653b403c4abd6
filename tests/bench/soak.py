#!/usr/bin/env python3
"""A host under a mixed load for a long time: does anything grow?

Dashboards, log pages and invoices come at a steady rate over connections that are closed every quarter of a minute;
beside them listeners to events leave and come again, people approve what is too large to be paid unasked and read on in
lists, and clients leave before they are answered. Before the clock starts, memories that are meant to fill up are filled.

Every few seconds the host's resident memory, what it has allocated (treasurer_heap_bytes), its descriptors and threads and
the length of every queue (treasurer_queue_length and others of /metrics) are noted. The second fifth of the time is then
compared with the last one, by their medians: no more memory than 5 %, no more descriptors or threads, no queue longer. Every
answer must be a good one, the books must equal the bank, and what was called paid must be paid, once.

    soak.py [postgres|sqlite|both] [--minutes M] [--load light|full] [--seed N]

`postgres` comes with Redis, `sqlite` with the memory cache. Ends with 1 when a rule is broken.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import random
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "integration", "money")]

import backends  # noqa: E402
from books import Books, check_ledger, check_rail, wait_settled  # noqa: E402
from host import Site  # noqa: E402
from money_site import ConnectionLost, prepare  # noqa: E402
from results import Results  # noqa: E402
from soak_load import Load  # noqa: E402

# Requests a second of the generator; how many listeners; how long people rest between two of their turns.
LOADS = {"light": ({"dashboard": 80, "logs": 20, "invoice": 20}, 10, 2.0),
         "full": ({"dashboard": 200, "logs": 30, "invoice": 25}, 30, 1.0)}
BETWEEN = (3.0, 7.0)  # seconds from one sample to the next, by chance: else they would keep step with the load
SETTINGS = {
    "policy.auto_approval_limit": "1000",
    "policy.critical_runway_months": "0",
    "plugins.rails.bank.config.opening_balance": "1000000000000",
    "plugins.rails.bank.config.synchronous": "normal",
    "auth.token_ttl_s": 86400,
    "retention.changes_s": 60,  # so that forgetting is at work as well
    "server.admission_target_ms": 5000,  # a machine that is busy with others must not make an error
    **{name: 60_000 for name in ("commit.timeout_ms", "commit.read_timeout_ms", "intake.parse_timeout_ms",
                                 "payments.submit_timeout_ms", "server.wait_ms")},
    "server.max_connections_per_address": 1024,
}
SETTINGS_OF = {"sqlite": {"plugins.storage.config.cache_mib": 1},  # what it holds of the books grows up to this
               "postgres": {}}


@dataclasses.dataclass
class Sample:
    at: float
    figures: dict  # by name


class Observer:
    """What a host's process and its own metrics say. Threads: one."""

    LENGTHS = ("treasurer_queue_length", "treasurer_http_requests_waiting", "treasurer_http_requests_in_flight",
               "treasurer_payments_active")
    OTHERS = ("treasurer_heap_bytes", "treasurer_log_lines_lost_total", "treasurer_cache_hits_total",
              "treasurer_cache_misses_total")

    def __init__(self, host):
        self._pid, self._client = host.process.pid, host.client()

    def look(self):
        figures = {"descriptors": len(os.listdir(f"/proc/{self._pid}/fd"))}
        with open(f"/proc/{self._pid}/status", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        figures["resident MiB"] = int(fields["VmRSS"].split()[0]) / 1024
        figures["threads"] = int(fields["Threads"])
        for line in self._client.get("/metrics").body.decode().splitlines():
            name = line.split("{", 1)[0].split(" ", 1)[0]
            if name in self.LENGTHS:
                series, value = line.rsplit(" ", 1)
                figures["queue " + series.removeprefix("treasurer_").replace("queue_length", "")] = float(value)
            elif name in self.OTHERS:
                short = name.removeprefix("treasurer_")
                figures[short] = figures.get(short, 0) + float(line.rsplit(" ", 1)[1])
        figures["allocated MiB"] = figures.pop("heap_bytes") / 2**20
        return Sample(time.monotonic(), figures)

    def events_kept(self):
        return self.look().figures['queue {queue="events"}']


def warm_up(load, observer):
    """Until the memory of events has stopped growing: from then on nothing grows by design."""
    before = -1.0
    for _ in range(60):
        load.generator.run(2, {"invoice": 0, "dashboard": 0, "logs": 200}, connections=32)
        kept = observer.events_kept()
        if kept <= before * 1.02:
            return
        before = kept
    raise AssertionError(f"the memory of events does not fill up: {before:g}")


def watch(observer, seconds, load, seed):
    """Samples until the time is up, or a client's thread has ended."""
    samples, end, chance = [], time.monotonic() + seconds, random.Random(seed)
    while time.monotonic() < end and not load.failures:
        time.sleep(chance.uniform(*BETWEEN))
        samples.append(observer.look())
    return samples


def medians(samples, fifth):
    part = samples[len(samples) * fifth // 5:len(samples) * (fifth + 1) // 5]
    return {name: statistics.median(sample.figures[name] for sample in part) for name in part[0].figures}


def judge(samples):
    """(lines to print, rules that were broken, growth of resident and of allocated memory in percent)."""
    early, late = medians(samples, 1), medians(samples, 4)
    lines, broken, growth = [], [], {}
    for name in sorted(early):
        if name.endswith("_total"):
            continue
        most = max(sample.figures[name] for sample in samples)
        line = f"    {name:42} {early[name]:9.1f} -> {late[name]:9.1f}   at most {most:.1f}"
        if name.endswith("MiB"):
            growth[name] = 100 * (late[name] / early[name] - 1)
            is_flat = growth[name] <= 5
            line += f"   {growth[name]:+.1f} %"
        elif name.startswith("queue "):
            is_flat = late[name] <= early[name] * 1.1 + 50  # what a busy machine takes longer for is no growth
        elif name == "threads":  # a pool starts one when none is idle, and keeps it, up to its bound
            is_flat = late[name] <= early[name] + 16
        else:
            is_flat = late[name] <= early[name] + 2
        if not is_flat:
            broken.append(f"{name} is not flat")
        lines.append(line + ("" if is_flat else "   GROWS"))
    return lines, broken, growth


def check_books(site, host, load):
    """How many payments moved. What was called paid is, once; the books equal the bank."""
    books = Books(site)
    wait_settled(books)
    moved = check_rail(books)
    check_ledger(site, books, host.client(site.token("boss"), 600))
    told = load.tally.good["invoice"] + load.tally.good["approve"]
    untold = load.people.left_alone + load.tally.bad["invoice"] + load.tally.bad["approve"]
    if not told <= moved <= told + untold:
        raise AssertionError(f"{told} were called paid, {untold} had nobody to be told to, {moved} moved")
    return moved


class Outcome:
    """What a soak came to, told as soon as it is known."""

    def __init__(self, samples, load, warmed, took):
        self.lines, self.broken, self.growth = judge(samples)
        self.broken += load.failures
        self.errors = sum(load.tally.bad.values())
        if self.errors:
            self.broken.append(f"{self.errors} answers were errors, such as {load.tally.examples}")
        self.paid = sum(load.tally.good[kind] - warmed.get(kind, 0) for kind in ("invoice", "approve")) / took
        self._first, self._last, self._load = samples[0].figures, samples[-1].figures, load

    def tell(self):
        print("  medians of the second and the last fifth of the time")
        print("\n".join(self.lines))
        hits, misses = (self._last[f"cache_{what}_total"] - self._first[f"cache_{what}_total"] for what in ("hits", "misses"))
        print("  answered: " + ", ".join(f"{count} {kind}" for kind, count in sorted(self._load.tally.good.items())))
        print(f"  {self.paid:.1f} payments/s completed; cache hits {100 * hits / max(1, hits + misses):.1f} %; log lines lost "
              f"{self._last['log_lines_lost_total']:.0f}; {self._load.listeners.bytes / 2**20:.0f} MiB of events told", flush=True)

    def note(self, results, storage, minutes):
        results.figure(f"soak.{storage}.minutes", "minutes", [minutes])
        results.figure(f"soak.{storage}.memory", "%", [self.growth["resident MiB"]])
        results.figure(f"soak.{storage}.allocated", "%", [self.growth["allocated MiB"]])
        results.figure(f"soak.{storage}.paid", "payments/s", [self.paid])
        results.figure(f"soak.{storage}.errors", "answers", [self.errors])
        results.figure(f"soak.{storage}.rules_broken", "rules", [len(self.broken)])


def under_load(site, host, given):
    """The load and what it came to."""
    rates, listeners, pause = LOADS[given.load]
    print(f"soak: {given.storage} and {backends.cache()}, {given.minutes:g} minutes, a second: "
          + ", ".join(f"{rate} of {kind}" for kind, rate in rates.items())
          + f"; {listeners} listeners; seed {given.seed}", flush=True)
    observer, load = Observer(host), Load(site, host, rates, listeners, pause, given.seed)
    warm_up(load, observer)
    warmed = dict(load.tally.good)
    print(f"  warm after {sum(warmed.values())} answers", flush=True)
    load.start()
    began = time.monotonic()
    samples = watch(observer, given.minutes * 60, load, given.seed)
    load.close()
    return load, Outcome(samples, load, warmed, time.monotonic() - began)


def soak(given):
    os.environ["ATR_TEST_STORAGE"], os.environ["ATR_TEST_CACHE"] = {"postgres": ("postgres", "redis"),
                                                                    "sqlite": ("sqlite", "memory")}[given.storage]
    results = Results(f"soak.{given.storage}")
    with Site(f"soak-{given.storage}", {**SETTINGS, **SETTINGS_OF[given.storage]}) as site:
        prepare(site)
        host = site.start(log__file=os.path.join(site.folder, "treasurer.log"))
        load, outcome = under_load(site, host, given)
        outcome.tell()
        try:
            print(f"  {check_books(site, host, load)} payments moved once in all, and the books equal the bank", flush=True)
        except (AssertionError, ConnectionLost) as error:
            outcome.broken.append(f"the books: {error}")
        host.stop()
    outcome.note(results, given.storage, given.minutes)
    for rule in outcome.broken:
        print(f"  BROKEN: {rule}", flush=True)
    return 1 if outcome.broken else 0


def both(given):
    """Side by side, in a process each; a line says at its beginning whose it is."""
    def run(storage):
        command = [sys.executable, "-u", os.path.abspath(__file__), storage, "--minutes", str(given.minutes), "--load", given.load,
                   "--seed", str(given.seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
            for line in child.stdout:
                print(f"{storage:8} {line}", end="", flush=True)
        return child.returncode

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return max(map(abs, pool.map(run, ("postgres", "sqlite"))))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("storage", nargs="?", choices=("postgres", "sqlite", "both"), default="both")
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--load", choices=LOADS, default="full")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    return both(given) if given.storage == "both" else soak(given)


if __name__ == "__main__":
    sys.exit(main())
