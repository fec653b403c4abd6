#!/usr/bin/env python3
"""What a host takes: resident memory idle and under load, the time from its start to its readiness, and bytes a payment.

    footprint.py [--starts N] [--seconds N] [--connections N] [--rounds N] [--only embedded,production]

embedded is SQLite and the cache within the process, production PostgreSQL and Redis; limits are as config/embedded.yaml has
them, but for those of one address. Memory is VmRSS of the host alone, idle after its first comparison with the bank, and its
highest, looked at ten times a second, while wrk sends nine looks at the dashboard and an invoice in turn over 256
connections. Ready is the first 200 of GET /health/ready after exec, on a new data folder for the first start and on the same
one afterwards. Bytes a payment are those of all tables and indexes after the load, less those before it, by the payments
between; with the write-ahead log: as far as it was written for them (PostgreSQL), or as it stands in its file (SQLite).
"""

import argparse
import contextlib
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "integration", "money")]

import backends  # noqa: E402
from books import Books  # noqa: E402
from host import wait_until  # noqa: E402
from money_site import money_site  # noqa: E402
from ports import free_port  # noqa: E402
from results import Results  # noqa: E402

KINDS = {"embedded": ("sqlite", "memory"), "production": ("postgres", "redis")}
MEGABYTE = 1_000_000


def memory_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", file.read(), re.M).group(1)) * 1024


class Watched:
    """The highest VmRSS of a process while the block runs."""

    def __init__(self, pid):
        self._pid, self._end, self.highest = pid, threading.Event(), 0
        self._thread = threading.Thread(target=self._look)

    def _look(self):
        while not self._end.wait(0.1):
            self.highest = max(self.highest, memory_bytes(self._pid))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


def is_ready(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: it\r\nConnection: close\r\n\r\n")
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def processor_ms(pid):
    """Of all its threads that live."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended since
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="utf-8") as file:
                total += int(file.read().split()[0])
    return total / 1e6


def milliseconds_to_ready(site):
    """(until the first 200, processor time of the host until then)"""
    port = free_port()
    began = time.monotonic()
    host = site.spawn(server__port=port)
    while not is_ready(port):
        if not host.is_running():
            raise AssertionError(f"the host ended:\n{host.log_tail()}")
        time.sleep(0.001)
    took, worked = (time.monotonic() - began) * 1000, processor_ms(host.process.pid)
    host.stop()
    return took, worked


def stored_bytes(site):
    """(in tables and indexes, written ahead so far)"""
    if backends.storage() == "postgres":
        sizes = backends.postgres().sql(
            "SELECT sum(pg_total_relation_size(c.oid)) || '|' || pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'treasurer' AND c.relkind = 'r'", site.database)
        tables, log = sizes.split("|")
        return int(tables), int(float(log))
    path = os.path.join(site.data, "treasurer.db")
    log = os.path.getsize(path + "-wal") if os.path.exists(path + "-wal") else 0
    return os.path.getsize(path), log


def load(host, reader, clerk, given):
    done = subprocess.run(["wrk", "-t1", f"-c{given.connections}", f"-d{given.seconds}s", "--timeout", "40s", "-s",
                           os.path.join(HERE, "mixed.lua"), host.url, "--", reader, clerk, secrets.token_hex(4)],
                          capture_output=True, text=True, check=False)
    found = re.search(r"MIXED requests=(\d+) paid=(\d+) other=(\d+) broken=(\d+)", done.stdout)
    if not found:
        raise AssertionError(f"wrk said\n{done.stdout}{done.stderr}")
    requests, paid, other, broken = map(int, found.groups())
    if other or broken:
        print(f"    {other} answers were not 200, {broken} never came: {done.stdout[-300:]}")
    return requests, paid


def told(results, name, unit, values):
    print(f"  {name:44} {statistics.median(values):8.1f} {unit} (from {min(values):.1f} to {max(values):.1f})", flush=True)
    results.figure(name, unit, values)


def measure(kind, given, results):
    os.environ["ATR_TEST_STORAGE"], os.environ["ATR_TEST_CACHE"] = KINDS[kind]
    settings = {"server__max_connections_per_address": 2000, "plugins__rails__bank__config__opening_balance": "1000000000",
                "payments__lease_ms": 30000}
    with money_site(f"footprint-{kind}", **settings) as site:
        took, worked = zip(*(milliseconds_to_ready(site) for _ in range(given.starts)))
        told(results, f"footprint.{kind}.ready", "ms", took)
        told(results, f"footprint.{kind}.ready_processor_time", "ms", worked)
        reader, clerk = site.token("boss"), site.token("clerk")
        idle, highest, after = [], [], []
        for _ in range(given.rounds):
            host = site.start()
            client = host.client(reader)
            wait_until(lambda: client.get("/api/v1/reconciliation").status == 200, 30, "a first comparison")
            client.close()
            time.sleep(2)  # whatever a start still does in passing
            pid = host.process.pid
            idle.append(memory_bytes(pid) / MEGABYTE)
            before, paid = stored_bytes(site), len(Books(site).payments())
            with Watched(pid) as watched:
                load(host, reader, clerk, given)
            highest.append(watched.highest / MEGABYTE)
            after.append(memory_bytes(pid) / MEGABYTE)
            books = Books(site)
            wait_until(lambda: not books.open_payments(), 60, "every payment comes to an end")
            paid = len(books.payments()) - paid
            grown = [now - then for now, then in zip(stored_bytes(site), before)]
            host.stop()
        told(results, f"footprint.{kind}.idle", "MB", idle)
        told(results, f"footprint.{kind}.load", "MB", highest)
        told(results, f"footprint.{kind}.after_load", "MB", after)
        found = {"idle": idle, "loaded": highest, "start": took}
        if paid == 0:
            raise AssertionError("nothing was paid")
        if backends.storage() == "sqlite":  # the log is copied into the file as the host stops
            grown[0] = stored_bytes(site)[0] - before[0]
        told(results, f"footprint.{kind}.bytes_a_payment", "bytes", [grown[0] / paid])
        told(results, f"footprint.{kind}.bytes_a_payment_with_log", "bytes", [(grown[0] + max(0, grown[1])) / paid])
        return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--starts", type=int, default=20)
    options.add_argument("--seconds", type=int, default=10, help="of load, each round")
    options.add_argument("--connections", type=int, default=256)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default=",".join(KINDS))
    given = options.parse_args()
    results = Results("footprint")
    found = {}
    for kind in given.only.split(","):
        print(f"{kind}: {' and '.join(KINDS[kind])}")
        found[kind] = measure(kind, given, results)
    for what in ("idle", "loaded"):  # of the two that one which takes more
        results.figure(f"footprint.{what}", "MB", max((of[what] for of in found.values()), key=statistics.median))
    if "embedded" in found:
        results.figure("footprint.start", "ms", found["embedded"]["start"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
