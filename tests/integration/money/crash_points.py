#!/usr/bin/env python3
"""The host is ended by SIGKILL at every boundary of the payment saga, with a rail that makes repeats harmless and with
one that does not; started again, it must lose nothing and pay nothing twice.

The names are read from core/payments/fault_names.hpp: a point that is added there without a way to reach it fails.

    crash_points.py [NAME]      all points, or one
"""

import concurrent.futures
import os
import re
import signal
import sys
import threading
import time

from money_site import ConnectionLost, invoice_text, money_site, submit, told

from books import Books, check_all
from host import SOURCE

INVOICES = 4
AT_ONCE = 4  # cases run beside each other; most of a case is waiting for leases

UNKNOWN = {"plugins__rails__bank__config__unknown_every": 1}

# How each point is reached: ways of one or two starts; (fault point with which the host is started, other settings).
# A host ended after Commit A leaves a payment that was never sent; one ended after submit, one that was.
ROADS = {
    "saga.before_commit_a": [[(":1", {})], [(":3", {})]],
    "saga.after_commit_a": [[(":1", {})], [(":3", {})]],
    "saga.before_submit": [[(":1", {})], [(":3", {})]],
    "saga.after_submit": [[(":1", {})], [(":3", {})]],
    "saga.before_commit_b": [[(":1", {})], [(":3", {})]],
    "saga.after_commit_b": [[(":1", {})], [(":3", {})]],
    # The first "unknown" of the rail was carried out, the second was not.
    "saga.before_park": [[(":1", UNKNOWN)], [(":2", UNKNOWN)]],
    "saga.after_park": [[(":1", UNKNOWN)], [(":2", UNKNOWN)]],
    "resume.before_lookup": [["saga.after_commit_a", (":1", {})], ["saga.after_submit", (":1", {})]],
    "resume.after_lookup": [["saga.after_commit_a", (":1", {})], ["saga.after_submit", (":1", {})]],
    "resume.before_resubmit": [["saga.after_commit_a", (":1", {})]],
    "resume.after_resubmit": [["saga.after_commit_a", (":1", {})], ["saga.after_commit_a", (":1", UNKNOWN)]],
}
# Where a repeat could pay twice, nothing may ever come here.
NEVER_WITHOUT_IDEMPOTENCE = {"resume.before_resubmit", "resume.after_resubmit"}


def fault_names():
    with open(os.path.join(SOURCE, "core", "payments", "fault_names.hpp"), encoding="utf-8") as header:
        text = header.read()
    declared = dict(re.findall(r"string_view (\w+) = \"([^\"]+)\"", text))
    listed = re.search(r" all = \{([^}]*)\}", text).group(1).replace(",", " ").split()
    if sorted(listed) != sorted(declared):
        raise AssertionError(f"fault::all does not list {sorted(set(declared) ^ set(listed))}")
    return [declared[name] for name in listed]


class Case:
    """One site, ended at one point, and what its clients were told."""

    def __init__(self, site, idempotent):
        self.site = site
        self.idempotent = idempotent
        self.acknowledged = {}
        self.lock = threading.Lock()
        self.token = site.token("clerk")
        self.texts = [invoice_text(f"C-{n:05}", f"{10 + n}.25") for n in range(INVOICES)]

    def submit_all(self, host):
        """All invoices at once. A connection that breaks leaves its invoice unacknowledged."""

        def one(text):
            client = host.client(self.token)
            try:
                answer = submit(client, text)
            except ConnectionLost:
                return None
            finally:
                client.close()
            known = told(answer)
            if known is None:
                raise AssertionError(f"an invoice was not taken: {answer}")
            with self.lock:
                self.acknowledged[known[0]] = known[1]
            return known

        with concurrent.futures.ThreadPoolExecutor(INVOICES) as pool:
            return list(pool.map(one, self.texts))

    def start_and_die(self, point, settings):
        """The host ends itself at `point`: while it is sent invoices, or because of what an earlier one left."""
        host = self.site.spawn(testing__fault_point=point, **settings)
        if host.wait_ready():
            self.submit_all(host)
        code = host.wait_end()
        if code != -signal.SIGKILL:
            raise AssertionError(f"the host was to die at {point}, and ended with {code}")

    def start_and_live(self, point, settings):
        """A point that must not be reached. Returns the host, running."""
        host = self.site.start(testing__fault_point=point, **settings)
        self.submit_all(host)
        return host

    def close(self, host):
        """Whatever was not acknowledged is sent again, as its submitter would; then everything must be true."""
        for known in self.submit_all(host):
            if known is None:
                raise AssertionError("the host went away without a fault")
        boss = host.client(self.site.token("boss"))
        moved = check_all(self.site, boss, self.acknowledged)
        asked = sum(1 for payment in Books(self.site).payments().values() if payment.get("needs_human"))
        if moved + asked != INVOICES or (self.idempotent and asked):
            raise AssertionError(f"{INVOICES} invoices: {moved} paid, {asked} wait for a person")
        host.stop()
        return moved, asked


def run_case(template, name, road, idempotent):
    started = time.monotonic()
    flag = "true" if idempotent else "false"
    with money_site("crash", template, plugins__rails__bank__config__idempotent=flag) as site:
        case = Case(site, idempotent)
        *earlier, (times, settings) = road
        for point in earlier:
            case.start_and_die(point, {})
        if not idempotent and name in NEVER_WITHOUT_IDEMPOTENCE:
            host = case.start_and_live(name + times, settings)
        else:
            case.start_and_die(name + times, settings)
            host = site.start()
        moved, asked = case.close(host)
    way = " then ".join([*earlier, name + times]) + (" with every answer lost" if settings else "")
    kind = "idempotent" if idempotent else "not idempotent"
    print(f"  {way} ({kind}): {moved} paid, {asked} wait for a person, {time.monotonic() - started:.1f} s", flush=True)


def main():
    names = fault_names()
    unreachable = [name for name in names if name not in ROADS]
    if unreachable or set(ROADS) - set(names):
        raise AssertionError(f"no way to reach {unreachable}; no longer there: {sorted(set(ROADS) - set(names))}")
    chosen = sys.argv[1:] or names
    cases = [(name, road, idempotent) for name in chosen for road in ROADS[name] for idempotent in (True, False)]
    print(f"crash_points: {len(chosen)} points, {len(cases)} cases of {INVOICES} invoices", flush=True)
    failed = []
    with money_site("crash-template") as template, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(run_case, template, *case): case for case in cases}
        for done in concurrent.futures.as_completed(running):
            error = done.exception()
            if error:
                failed.append(running[done])
                print(f"FAILED {running[done]}: {error}", flush=True)
    if failed:
        print(f"{len(failed)} of {len(cases)} cases failed; one point again: {sys.argv[0]} {failed[0][0]}")
        return 1
    print(f"crash_points: all {len(cases)} cases: died where they were told to, nothing lost, nothing paid twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
