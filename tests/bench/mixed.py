#!/usr/bin/env python3
"""GET /api/dashboard while invoices are paid: 256 connections, of whose requests nine in ten read and one is an invoice,
on PostgreSQL and Redis.

    closed    each connection sends its next request once it has its answer: the host is as busy as it can be, and what the
              bar speaks of is measured here, without the first seconds, which are told apart: all connections begin at one
              moment, and a crowd that never comes again would be more than half of the slowest hundredth
    open      70 % of what that came to, offered at random moments whatever becomes of it, so that no wait is overlooked
    killed    the same, and Redis ends by kill -9 after a third of the time and is started again after two thirds

A payment counts when its client was told that it is completed. At the end the books are compared with the bank.

The generator runs before all others of the machine where that is allowed (SCHED_FIFO, as a client on another machine would
not wait for these cores either), and so do the host's transport threads, unless --real-time off: how many is told.

    mixed.py [--rounds N] [--seconds N] [--connections N] [--seed N] [--real-time on|off]

Ends with 1 when an answer was an error.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time

os.environ["ATR_TEST_STORAGE"], os.environ["ATR_TEST_CACHE"] = "postgres", "redis"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "integration", "money")]

import backends  # noqa: E402
from books import Books, check_ledger, check_rail, wait_settled  # noqa: E402
from host import BUILD, Site  # noqa: E402
from money_site import invoice_text, prepare  # noqa: E402
from overload import NUMBER, request  # noqa: E402
from results import Results  # noqa: E402

SETTINGS = {
    "policy.auto_approval_limit": "1000000",
    "policy.critical_runway_months": "0",
    "plugins.rails.bank.config.opening_balance": "1000000000000",
    "plugins.rails.bank.config.synchronous": "normal",
    "server.max_connections_per_address": 1024,
}
BEFORE_ALL_OTHERS = ["chrt", "--fifo", "2"]
INVOICES = 0.1
OF_CAPACITY = 0.7
APART_S = 3


class Generator:
    def __init__(self, site, host, connections, seed, results):
        may = subprocess.run([*BEFORE_ALL_OTHERS, "true"], capture_output=True, check=False).returncode == 0
        self._before = BEFORE_ALL_OTHERS if may else []
        how = ("the generator ran before all others (SCHED_FIFO), as a client elsewhere would not wait for these cores" if may else
               "the generator ran beside all others: what it waited for a core counts as latency")
        results.text("mixed.how", how)
        print(how, flush=True)
        self._folder, self._port, self._connections = site.folder, host.url.rsplit(":", 1)[1], connections
        self._seed, self._next, self.paid = seed, 0, 0
        invoice = json.dumps({"raw_text": invoice_text("M-" + NUMBER, "@@@.@@")})
        for name, text in (("invoice", request("POST", "/api/process-invoice", site.token("clerk"), invoice)),
                           ("dashboard", request("GET", "/api/dashboard", site.token("boss")))):
            with open(os.path.join(self._folder, name), "w", encoding="ascii", newline="") as file:
                file.write(text)

    def run(self, seconds, rate):
        """`rate` of both together; 0: closed. Figures of each kind, with how many a second."""
        self._seed += 1
        stream = (f"name=dashboard,rate={rate},connections={self._connections},apart={APART_S},request={self._folder}/dashboard,"
                  f'expect="status":"Online",or={INVOICES},name=invoice,request={self._folder}/invoice,'
                  f'expect="status":"APPROVED",first={self._next}')
        command = [*self._before, os.path.join(BUILD, "bench", "open_loop"), self._port, str(seconds), str(self._seed), stream]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or not done.stdout:
            raise AssertionError(f"open_loop ended with {done.returncode}: {done.stderr}")
        figures = {one["stream"]: one for one in map(json.loads, done.stdout.splitlines())}
        self._next += figures["invoice"]["offered"]
        for one in figures.values():
            good = one["by_status"].get("200", 0) - one["wrong"]
            one["errors"] = one["offered"] - good
            one["per_second"] = good / max(seconds, one["took_s"])
        self.paid += figures["invoice"]["by_status"].get("200", 0)
        return figures


class CacheCounts:
    """What a host says of its cache, and how many of its threads run before others just now. The difference of two looks
    is what happened in between."""

    def __init__(self, host):
        self.hits, self.misses, self.real_time = 0.0, 0.0, 0.0
        for line in host.client().get("/metrics").body.decode().splitlines():
            if line.startswith("treasurer_cache_hits_total"):
                self.hits += float(line.rsplit(" ", 1)[1])
            elif line.startswith("treasurer_cache_misses_total"):
                self.misses += float(line.rsplit(" ", 1)[1])
            elif line.startswith("treasurer_http_real_time_threads"):
                self.real_time = float(line.rsplit(" ", 1)[1])

    def rate_since(self, before):
        hits, misses = self.hits - before.hits, self.misses - before.misses
        return 100 * hits / max(1, hits + misses)


def with_redis_killed(seconds, run):
    """Runs while Redis ends after a third of the time and comes back after two thirds, empty."""
    server = backends.redis().servers["redis"]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:  # a server ends with the thread that began it: that is this one
        running = pool.submit(run)
        time.sleep(seconds / 3)
        server.kill()
        time.sleep(seconds / 3)
        server.start()
        found = running.result()
    if server.cli("PING").strip() != "PONG":
        raise AssertionError("Redis did not come back")
    return found


class Modes:
    """What each way of asking came to, round by round."""

    def __init__(self):
        self.rounds = {"closed": [], "open": [], "killed": []}
        self.hit_rates = {mode: [] for mode in self.rounds}
        self.real_time = {mode: [] for mode in self.rounds}

    def tell(self, results):
        bad = 0
        for mode, rounds in self.rounds.items():
            boards, invoices = [one["dashboard"] for one in rounds], [one["invoice"] for one in rounds]
            ms = {f"p{which}": [one["admitted"][f"p{which}_us"] / 1000 for one in boards] for which in (50, 95, 99)}
            first = [one["apart"]["p99_us"] / 1000 for one in boards]
            errors = sum(one["errors"] for one in boards + invoices)
            bad += errors
            print(f"  {mode:6} dashboards {median([one['per_second'] for one in boards]):7.0f}/s   "
                  + "  ".join(f"{name} {median(values):.2f} ms" for name, values in ms.items())
                  + f"   payments completed {median([one['per_second'] for one in invoices]):.0f}/s, p50 "
                  f"{median([one['admitted']['p50_us'] / 1000 for one in invoices]):.1f} ms   cache hits "
                  f"{median(self.hit_rates[mode]):.1f} %   errors {errors}   transport threads that run before others at its end "
                  f"{median(self.real_time[mode]):.0f}   p99 of the first {APART_S} s {median(first):.2f} ms", flush=True)
            if errors:
                print("    " + "; ".join(f"{one['stream']}: {one['by_status']}, wrong {one['wrong']}, never answered "
                                         f"{one['unanswered']}" for one in boards + invoices if one["errors"]))
            for name, values in ms.items():
                results.figure(f"mixed.{mode}.{name}", "ms", values)
            results.figure(f"mixed.{mode}.p99_to_p50", "times", [p99 / p50 for p50, p99 in zip(ms["p50"], ms["p99"])])
            results.figure(f"mixed.{mode}.first_p99", "ms", first)
            results.figure(f"mixed.{mode}.dashboards", "/s", [one["per_second"] for one in boards])
            results.figure(f"mixed.{mode}.paid", "payments/s", [one["per_second"] for one in invoices])
            results.figure(f"mixed.{mode}.payment_p50", "ms", [one["admitted"]["p50_us"] / 1000 for one in invoices])
            results.figure(f"mixed.{mode}.payment_p99", "ms", [one["admitted"]["p99_us"] / 1000 for one in invoices])
            results.figure(f"mixed.{mode}.cache_hits", "%", self.hit_rates[mode])
            results.figure(f"mixed.{mode}.real_time", "threads", self.real_time[mode])
            results.figure(f"mixed.{mode}.errors", "answers",
                           [one["dashboard"]["errors"] + one["invoice"]["errors"] for one in rounds])
        return bad


def median(values):
    return sorted(values)[len(values) // 2]


def check_books(site, host, paid):
    books = Books(site)
    wait_settled(books)
    moved = check_rail(books)
    check_ledger(site, books, host.client(site.token("boss"), 60))
    if moved != paid:
        raise AssertionError(f"{paid} were called paid, {moved} moved")
    print(f"  {moved} payments were called paid, each moved once, and the books equal the bank", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=24)
    options.add_argument("--connections", type=int, default=256)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--real-time", choices=("on", "off"), default="on")
    given = options.parse_args()
    if given.seconds <= APART_S:
        options.error(f"--seconds: the first {APART_S} are told apart, so more are needed")
    results, modes = Results("mixed"), Modes()
    settings = {**SETTINGS, "server.real_time": "true" if given.real_time == "on" else "false"}
    with Site("mixed", settings) as site:
        prepare(site)
        host = site.start(log__file=os.path.join(site.folder, "treasurer.log"))
        generator = Generator(site, host, given.connections, given.seed, results)
        generator.run(3, 0)  # warms up
        for _ in range(given.rounds):
            for mode, rounds in modes.rounds.items():
                before = CacheCounts(host)
                rate = 0 if mode == "closed" else OF_CAPACITY * capacity
                run = lambda: generator.run(given.seconds, rate)  # noqa: E731
                rounds.append(with_redis_killed(given.seconds, run) if mode == "killed" else run())
                after = CacheCounts(host)
                modes.hit_rates[mode].append(after.rate_since(before))
                modes.real_time[mode].append(after.real_time)
                if mode == "closed":
                    capacity = sum(one["per_second"] for one in rounds[-1].values())
        print(f"dashboards beside invoices, {given.connections} connections, {given.rounds} rounds of {given.seconds:g} s each, "
              f"seed {given.seed}")
        bad = modes.tell(results)
        check_books(site, host, generator.paid)
        host.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
