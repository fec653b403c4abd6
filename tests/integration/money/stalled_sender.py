#!/usr/bin/env python3
"""A host is stopped (SIGSTOP) between the decision to send and the send, another host on the same database takes its
payment over, and then the first one wakes up and sends. The money must move once.

With an idempotent rail: stopped after its lookup, before it sends again; the second host sends as well. With one that
is not: stopped before its first send; the second host may not send, and learns later what the first one did.
"""

import contextlib
import os
import signal
import sys
import time

from money_site import invoice_text, money_site, submit, told

import backends
from books import Books, check_all
from host import wait_until

PAUSE_BETWEEN_TRIES = 0.01


def stop_without_lock(host, books):
    """A stopped process must not keep the others from the files: that would be another test."""
    for _ in range(500):
        host.signal(signal.SIGSTOP)
        wait_until(lambda: state_of(host) == "T", 60, "the host is stopped", every=0.002)
        if not books.store.is_locked() and not backends.holds_write_lock(books.bank):
            return
        host.signal(signal.SIGCONT)
        time.sleep(PAUSE_BETWEEN_TRIES)
    raise AssertionError("the host held a write lock whenever it was stopped")


def state_of(host):
    with open(f"/proc/{host.process.pid}/stat", encoding="ascii", errors="replace") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0]


def jobs(books):
    """(payment id, worker) of every open job."""
    return books.store.jobs()


def host_of(worker):
    """A host takes its leases in other names as time goes on: HOST~1, HOST~2. Nobody holds a job without a worker."""
    return worker.rsplit("~", 1)[0] if worker else None


def submit_one(host, site):
    client = host.client(site.token("clerk"))
    answer = submit(client, invoice_text("S-00001", "12.50"), wait="respond-async")
    client.close()
    known = told(answer)
    if known is None:
        raise AssertionError(f"the invoice was not taken: {answer}")
    return dict([known])


def leave_unsent(site):
    """A payment that is committed and was never sent: its host died right after Commit A."""
    host = site.start(testing__fault_point="saga.after_commit_a")
    client = host.client(site.token("clerk"))
    with contextlib.suppress(Exception):
        submit(client, invoice_text("S-00001", "12.50"))
    client.close()
    if host.wait_end() != -signal.SIGKILL:
        raise AssertionError("the host was to die after Commit A")


def run_variant(idempotent):
    began = time.monotonic()
    point = "resume.before_resubmit" if idempotent else "saga.before_submit"
    with money_site("stalled", plugins__rails__bank__config__idempotent="true" if idempotent else "false") as site:
        books = Books(site)
        hold = os.path.join(site.folder, "hold")
        acknowledged = {}
        if idempotent:
            leave_unsent(site)
        stalled = site.start(testing__fault_point=f"{point}:1:hold={hold}", payments__lease_ms=5000)
        if not idempotent:
            acknowledged = submit_one(stalled, site)
        wait_until(lambda: os.path.exists(hold), 20, f"the first host is held at {point}")
        first_host = host_of(jobs(books)[0][1])
        stop_without_lock(stalled, books)
        if books.moved():
            raise AssertionError("money moved before the host was stopped")

        second = site.start()
        if idempotent:
            wait_until(lambda: len(books.moved()) == 1, 60, "the second host takes the payment over and pays it")
        else:
            wait_until(lambda: all(payment.get("needs_human") for payment in books.payments().values()), 60,
                       "the second host takes the payment over and asks a person")
            if books.moved():
                raise AssertionError("the second host sent what it could not know to be unsent")
        if any(host_of(worker) == first_host for _, worker in jobs(books)):
            raise AssertionError("the stopped host still holds the lease")

        os.remove(hold)
        stalled.signal(signal.SIGCONT)
        if not idempotent:
            wait_until(lambda: len(books.moved()) == 1, 30, "the host that was stopped sends")
        client = second.client(site.token("boss"))
        wait_until(lambda: all(p["state"] == "settled" for p in client.items("/api/v1/payments")), 30,
                   "the payment is known to be settled")
        stalled.stop()  # whatever it still had in hand is done before the books are read
        moved = check_all(site, client, acknowledged)
        if moved != 1:
            raise AssertionError(f"{moved} payments moved")
        second.stop()
    kind = "idempotent" if idempotent else "not idempotent"
    print(f"  {kind}: stopped at {point}, taken over, woken: paid exactly once, {time.monotonic() - began:.1f} s",
          flush=True)


def main():
    print("stalled_sender: two hosts, one database", flush=True)
    for idempotent in (True, False):
        run_variant(idempotent)
    print("stalled_sender: both rails: the money moved once")
    return 0


if __name__ == "__main__":
    sys.exit(main())
