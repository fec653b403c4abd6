#!/usr/bin/env python3
"""Payments per second out of one treasury account, every host on the same PostgreSQL: one host beside two, in turn.

A payment counts once its client has been told that it is paid: reserved, sent over the rail and booked, all durable in
PostgreSQL. The rail is the simulated bank, whose own book is not flushed for each movement, so that PostgreSQL and the
hosts are what is measured.

    hot_account.py [--rounds N] [--payments N] [--clients N]
"""

import argparse
import os
import statistics
import sys
import threading
import time

os.environ["ATR_TEST_STORAGE"] = "postgres"
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(ROOT, "bench"), os.path.join(ROOT, "support"), os.path.join(ROOT, "integration", "money")]

from books import check_all  # noqa: E402
from money_site import invoice_text, money_site, submit, told  # noqa: E402
from results import Results  # noqa: E402


class Load:
    """`clients` connections spread over `hosts`, each sending invoices until all of a round are paid."""

    def __init__(self, hosts, token, clients, texts):
        self._texts = iter(texts)
        self._lock = threading.Lock()
        self._start = threading.Barrier(clients + 1)
        self.acknowledged, self.problems = {}, []
        self._threads = [threading.Thread(target=self._work, args=(hosts[n % len(hosts)].client(token, 60),))
                         for n in range(clients)]

    def run(self):
        """Seconds from the first request to the last answer."""
        for thread in self._threads:
            thread.start()
        self._start.wait()
        began = time.monotonic()
        for thread in self._threads:
            thread.join()
        return time.monotonic() - began

    def _next(self):
        with self._lock:
            return next(self._texts, None)

    def _work(self, client):
        client.connect()
        self._start.wait()
        try:
            while (text := self._next()) is not None:
                answer = submit(client, text, wait="wait=30")
                known = told(answer)
                if known is None or known[1] != "paid":
                    raise AssertionError(f"not paid: {answer}")
                self.acknowledged[known[0]] = known[1]
        except Exception as error:  # a thread's end must be seen
            self.problems.append(f"{type(error).__name__}: {error}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--payments", type=int, default=1500, help="in one round")
    options.add_argument("--clients", type=int, default=64)
    given = options.parse_args()
    speed = {1: [], 2: []}
    with money_site("hot-account", plugins__rails__bank__config__synchronous="normal", server__real_time="false",
                    payments__lease_ms=30000) as site:
        hosts = [site.start(), site.start()]
        token, acknowledged = site.token("clerk"), {}
        for turn in range(2 * given.rounds + 1):
            count = 1 + turn % 2
            texts = [invoice_text(f"H-{turn:02}-{n:06}", "1.00") for n in range(given.payments)]
            load = Load(hosts[:count], token, given.clients, texts)
            took = load.run()
            if load.problems:
                raise AssertionError(load.problems[0])
            acknowledged.update(load.acknowledged)
            if turn > 0:  # the first one warms up
                speed[count].append(given.payments / took)
        moved = check_all(site, hosts[0].client(site.token("boss"), 60), acknowledged)
        for host in hosts:
            host.stop()
    if moved != len(acknowledged):
        raise AssertionError(f"{len(acknowledged)} were called paid, {moved} moved")
    print(f"hot account on PostgreSQL, {given.clients} clients, {given.rounds} rounds of {given.payments} payments each, "
          f"{moved} moved once and booked")
    for count, rates in speed.items():
        print(f"  {count} host{'s' if count > 1 else ' '}  {statistics.median(rates):7.0f} payments/s   "
              f"(from {min(rates):.0f} to {max(rates):.0f})")
    ratios, results = [two / one for one, two in zip(speed[1], speed[2])], Results("hot_account")
    print(f"  two beside one: {statistics.median(ratios):.2f}")
    for count, rates in speed.items():
        results.figure(f"hot_account.{count}", "payments/s", rates)
    results.figure("hot_account.two_beside_one", "times", ratios)
    return 0


if __name__ == "__main__":
    sys.exit(main())
