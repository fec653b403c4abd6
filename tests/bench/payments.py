#!/usr/bin/env python3
"""Completed payments per second out of one treasury account, beside other ways to move money, in turn and in one run.

    ours       POST /api/process-invoice of a host, answered 200 with APPROVED: read, judged, reserved, sent over the simulated
               bank and booked, all durable (PostgreSQL with synchronous_commit=on, or SQLite with synchronous=FULL)
    peer       the stack of the original service (tests/bench/peers/fastapi_service.py, two workers) on the same PostgreSQL
               and a Redis: one row, one list push, no guard against anything
    sql        pgbench calling one SQL function that moves money between two accounts of a double-entry table, the payer the
               same each time (tests/bench/peers/double_entry.sql)

wrk is the client of the first two (one thread). A payment counts when its client was told; whoever was told something else
is counted and shown, and at the end the books of our hosts are compared with the bank.

    payments.py [--rounds N] [--seconds N] [--clients N...] [--only ours-postgres,ours-sqlite,peer,sql]

Ratios are of 64 clients, each to the peer in the same round, and so is what the bars judge.
"""

import argparse
import os
import re
import secrets
import statistics
import subprocess
import sys
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "integration", "money")]

import backends  # noqa: E402
from cpu_time import seconds_of  # noqa: E402
from books import Books, check_rail  # noqa: E402
from host import wait_until  # noqa: E402
from money_site import money_site  # noqa: E402
from peers.fastapi_peer import FastApiPeer  # noqa: E402
from postgres import BIN  # noqa: E402
from results import Results  # noqa: E402

RESULT = re.compile(r"RESULT paid=(\d+) other=(\d+) seconds=([\d.]+) p50_us=(\d+) p95_us=(\d+) p99_us=(\d+) max_us=(\d+) "
                    r"errors=(\d+)")


class Round:
    """What one round of one contestant came to."""

    cpu = {}  # microseconds of processor time a payment, by whose

    def __init__(self, paid, seconds, p50=None, p99=None, other=0, why=""):
        self.rate, self.paid, self.p50, self.p99, self.other, self.why = paid / seconds, paid, p50, p99, other, why


def invoices_by_wrk(url, token, clients, seconds):
    done = subprocess.run(["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "40s", "-s",
                           os.path.join(HERE, "invoices.lua"), f"{url}/api/process-invoice", "--", token,
                           secrets.token_hex(4)], capture_output=True, text=True, check=False)
    found = RESULT.search(done.stdout)
    if not found:
        raise AssertionError(f"wrk said\n{done.stdout}{done.stderr}")
    paid, other, took, p50, _, p99, _, errors = found.groups()
    why = re.search(r"^OTHER (.*)$", done.stdout, re.M)
    return Round(int(paid), float(took), int(p50) / 1000, int(p99) / 1000, int(other) + int(errors),
                 why.group(1) if why else "")


def with_processor_time(roots, run):
    """Runs, and notes what the processes of each of `roots` ({name: [pid]}) used for each payment."""
    before = {name: seconds_of(*pids) for name, pids in roots.items()}
    one = run()
    one.cpu = {name: (seconds_of(*pids) - before[name]) * 1e6 / max(1, one.paid) for name, pids in roots.items()}
    return one


class Ours:
    def __init__(self, storage):
        os.environ["ATR_TEST_STORAGE"] = storage
        self.name, self._storage = f"ours, {storage}", storage
        self._site = money_site(f"bench-{storage}", plugins__rails__bank__config__synchronous="normal", server__real_time="false",
                                plugins__rails__bank__config__opening_balance="100000000", payments__lease_ms=30000,
                                server__max_connections_per_address=2000)
        self._host = self._site.start()
        self._token = self._site.token("clerk")

    def run(self, clients, seconds):
        roots = {"host": [self._host.process.pid]}
        if self._storage == "postgres":
            roots["PostgreSQL"] = [backends.postgres().process.pid]
        return with_processor_time(
            roots, lambda: invoices_by_wrk(self._host.url, self._token, clients, seconds))

    def end(self):
        os.environ["ATR_TEST_STORAGE"] = self._storage
        books = Books(self._site)
        wait_until(lambda: not books.open_payments(), 60, "every payment comes to an end")
        moved = check_rail(books)
        if books.rail_balance() != books.booked_balance():
            raise AssertionError(f"{self.name}: the books say {books.booked_balance()}, the bank {books.rail_balance()}")
        self._host.stop()
        self._site.__exit__(None, None, None)
        return f"{moved} payments, each moved once; the books equal the bank"


class Peer:
    name = "peer, FastAPI stack"

    def __init__(self):
        self._peer = FastApiPeer(backends.postgres())
        form = urllib.parse.urlencode({"username": "clerk", "password": "any"}).encode()
        with urllib.request.urlopen(f"{self._peer.url}/token", form) as answer:
            self._token = re.search(r'"access_token":"([^"]+)"', answer.read().decode()).group(1)

    def run(self, clients, seconds):
        roots = {"service and Redis": self._peer.pids(), "PostgreSQL": [backends.postgres().process.pid]}
        return with_processor_time(
            roots, lambda: invoices_by_wrk(self._peer.url, self._token, clients, seconds))

    def end(self):
        rows = self._peer.rows()
        self._peer.close()
        return f"{rows} rows"


class Sql:
    name = "sql, double entry"

    MOST = 64  # connections; more would only wait for each other

    def __init__(self):
        self._server = backends.postgres()
        self._server.sql("CREATE DATABASE double_entry")
        with open(os.path.join(HERE, "peers", "double_entry.sql"), encoding="utf-8") as file:
            self._server.sql(file.read(), "double_entry")

    def run(self, clients, seconds):
        done = subprocess.run([f"{BIN}/pgbench", "-n", "-M", "prepared", "-c", str(min(clients, self.MOST)), "-j", "1",
                               "-T", str(seconds), "-f", os.path.join(HERE, "peers", "double_entry.pgbench"), "-h", "127.0.0.1", "-p",
                               str(self._server.port), "-U", "postgres", "double_entry"],
                              capture_output=True, text=True, check=True)
        count, latency, rate = (re.search(pattern, done.stdout) for pattern in (
            r"actually processed: (\d+)", r"latency average = ([\d.]+) ms", r"tps = ([\d.]+)"))
        if not (count and latency and rate):
            raise AssertionError(f"pgbench said\n{done.stdout}{done.stderr}")
        return Round(int(count.group(1)), int(count.group(1)) / float(rate.group(1)), float(latency.group(1)))

    def end(self):
        off = self._server.sql("SELECT (SELECT sum(amount) FROM entry) || ' ' || (SELECT count(*) FROM entry)", "double_entry")
        return f"sum and number of entries: {off}"


MAKERS = {"ours-postgres": lambda: Ours("postgres"), "ours-sqlite": lambda: Ours("sqlite"), "peer": Peer, "sql": Sql}
KEYS = {"ours-postgres": "postgres", "ours-sqlite": "sqlite", "peer": "peer", "sql": "sql"}  # in the names of figures
JUDGED = 64  # clients


def tell(contestant, rounds):
    rates, p99 = [one.rate for one in rounds], [one.p99 for one in rounds if one.p99]
    print(f"    {contestant.name:22} {statistics.median(rates):8.0f}/s  (from {min(rates):.0f} to {max(rates):.0f})  "
          f"median latency {statistics.median(one.p50 for one in rounds):7.1f} ms"
          + (f"  p99 {statistics.median(p99):7.1f} ms" if p99 else ""))
    if rounds[0].cpu:
        print("      processor time a payment: " + ", ".join(
            f"{whose} {statistics.median(one.cpu[whose] for one in rounds):.0f} us" for whose in rounds[0].cpu))
    others = sum(one.other for one in rounds)
    if others:
        print(f"      {others} answers were none of a payment, such as: {next(one.why for one in rounds if one.other)}")


def note(results, name, clients, rounds):
    key = f"payments.{KEYS[name]}"
    results.figure(f"{key}.{clients}", "payments/s", [one.rate for one in rounds])
    results.figure(f"{key}.{clients}.p50", "ms", [one.p50 for one in rounds])
    if rounds[0].p99:
        results.figure(f"{key}.{clients}.p99", "ms", [one.p99 for one in rounds])
    results.figure(f"{key}.{clients}.other", "answers", [one.other for one in rounds])
    for whose in rounds[0].cpu:
        results.figure(f"{key}.{clients}.cpu.{whose}", "us", [one.cpu[whose] for one in rounds])


def compare(results, rounds):
    """`rounds` of the judged number of clients, by contestant."""
    for ours in ("ours-postgres", "ours-sqlite"):
        for other in ("peer", "sql"):
            if ours in rounds and other in rounds:
                ratios = [one.rate / beside.rate for one, beside in zip(rounds[ours], rounds[other])]
                print(f"  {ours} beside {other}: {statistics.median(ratios):.2f}")
                results.figure(f"payments.{KEYS[ours]}.beside_{other}", "times", ratios)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64, 256])
    options.add_argument("--only", default=",".join(MAKERS))
    given = options.parse_args()
    results = Results("payments")
    chosen = {name: MAKERS[name]() for name in given.only.split(",")}
    for contestant in chosen.values():
        contestant.run(JUDGED, 2)  # warms up
    print(f"payments out of one account, {given.rounds} rounds of {given.seconds} s each, in turn")
    for clients in given.clients:
        rounds = {name: [] for name in chosen if name != "sql" or clients <= Sql.MOST}
        for _ in range(given.rounds):
            for name, of_name in rounds.items():
                of_name.append(chosen[name].run(clients, given.seconds))
        print(f"  {clients} client{'s' if clients > 1 else ''}")
        for name, of_name in rounds.items():
            tell(chosen[name], of_name)
            note(results, name, clients, of_name)
        if clients == JUDGED:
            compare(results, rounds)
    for contestant in chosen.values():
        print(f"  {contestant.name:22} {contestant.end()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
