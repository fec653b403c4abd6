#!/usr/bin/env python3
"""Damage done by hand to the database or to the rail's own book is found, and named: by `treasurer ledger verify`,
which needs the database alone, by the host's reconciliation, or by both.

    damage.py [NAME]      all kinds, or one
"""

import concurrent.futures
import json
import sqlite3
import sys
import time
from contextlib import closing

from money_site import invoice_text, money_site, submit, told

from books import Books, check_all

PAID = 6
AT_ONCE = 3


class Hand:
    """Somebody with the passwords to everything, and no host that watches."""

    def __init__(self, site):
        self.books = Books(site)
        self.store = self.books.store
        self.settled = sorted((p for p in self.books.payments().values() if p["state"] == "settled"),
                              key=lambda p: p["created_ms"])
        self.victim = self.settled[2]
        self.rail_id = self.victim["id"].replace("-", "")

    def bank(self, statement, *values):
        with closing(sqlite3.connect(self.books.bank)) as connection, connection:
            if connection.execute(statement, values).rowcount < 1:
                raise AssertionError(f"nothing was damaged by {statement}")

    def edit(self, collection, key, **members):
        self.store.edit(collection, key, **members)

    def transfer(self, ending=""):
        return self.victim["transfer_id"] + ending


# Each does its damage and returns (what `ledger verify` must say, what kind of break reconciliation must name, words
# that its report must have); None: that one need not see it.
def balance_raised(hand):
    hand.store.set_counter("balances", "MNEE|assets:treasury:bank|available", 99)
    return "balance MNEE|assets:treasury:bank|available is 99", "ledger_not_proven", ("available is 99",)


def booked_sum_changed(hand):
    hand.store.set_counter("balances", "MNEE|assets:treasury:bank|credits", 1)
    return "balance MNEE|assets:treasury:bank|credits is 1,", "trial_balance", ("credits",)


def posting_deleted(hand):
    hand.store.delete("transfers", hand.transfer("/end"))
    return (f"payment {hand.victim['id']} is settled, but its transfer has not ended", "ledger_not_proven",
            (hand.victim["id"], "has not ended"))


def hold_deleted(hand):
    hand.store.delete("transfers", hand.transfer())
    return (f"transfer {hand.transfer('/end')} ends a pending transfer that does not exist", "ledger_not_proven",
            (hand.transfer("/end"), "ends a pending transfer that does not exist"))


def posting_edited(hand):
    hand.edit("transfers", hand.transfer("/end"), units="7")
    return (f"transfer {hand.transfer('/end')} differs from the pending transfer that it ends", "ledger_not_proven",
            (hand.transfer("/end"), "differs from the pending transfer"))


def receipt_deleted(hand):
    receipt = next(t["id"] for t in hand.store.records("transfers") if t["id"].startswith("receipt|"))
    hand.store.delete("transfers", receipt)
    return "balance MNEE|assets:treasury:bank|debits is", "receipt_not_booked", ()


def payment_called_failed(hand):
    hand.edit("payments", hand.victim["id"], state="failed")
    return f"payment {hand.victim['id']} is failed, but its transfer was posted", "moved_after_end", (hand.victim["id"],)


def payment_deleted(hand):
    hand.store.delete("payments", hand.victim["id"])
    return f"for payment {hand.victim['id']}, which does not exist", "money_left_without_us", (hand.victim["id"],)


def payment_amount_edited(hand):
    hand.edit("payments", hand.victim["id"], amount={"amount": "1.00", "asset": "MNEE"})
    return f"payment {hand.victim['id']} is of 1 MNEE", "amount_differs", (hand.victim["id"], "the books hold 1 MNEE")


def payee_edited(hand):
    hand.edit("payments", hand.victim["id"], creditor={**hand.victim["creditor"], "address": "0xthief"})
    return None, "payee_differs", (hand.victim["id"],)


def invoice_called_unpaid(hand):
    hand.edit("invoices", hand.victim["invoice_id"], status="failed")
    return (f"invoice {hand.victim['invoice_id']} is failed, its payment {hand.victim['id']} is settled",
            "ledger_not_proven", (hand.victim["invoice_id"],))


def movement_deleted(hand):
    hand.bank("DELETE FROM movements WHERE direction = 'out' AND payment_id = ?", hand.rail_id)
    return None, "no_rail_event", (hand.victim["id"],)


def movement_changed(hand):
    hand.bank("UPDATE movements SET units = '100' WHERE direction = 'out' AND payment_id = ?", hand.rail_id)
    return None, "amount_differs", (hand.victim["id"], "0.001")


def movement_doubled(hand):
    hand.bank("INSERT INTO movements (event_id, payment_id, rail_reference, direction, asset, units, counterparty) "
              "SELECT event_id || '-again', payment_id, 'another', direction, asset, units, counterparty "
              "FROM movements WHERE direction = 'out' AND payment_id = ?", hand.rail_id)
    return None, "paid_twice", (hand.victim["id"],)


def money_taken(hand):
    hand.bank("INSERT INTO movements (event_id, payment_id, rail_reference, direction, asset, units, counterparty) "
              "SELECT 'theft', '', 'theft', 'out', asset, '500000', counterparty FROM movements "
              "WHERE direction = 'out' LIMIT 1")
    return None, "money_left_without_us", ("theft",)


KINDS = [balance_raised, booked_sum_changed, posting_deleted, hold_deleted, posting_edited, receipt_deleted,
         payment_called_failed, payment_deleted, payment_amount_edited, payee_edited, invoice_called_unpaid,
         movement_deleted, movement_changed, movement_doubled, money_taken]


def make_books(site):
    host = site.start()
    client = host.client(site.token("clerk"))
    acknowledged = dict(told(submit(client, invoice_text(f"B-{n:05}", f"{n + 10}.00"), "wait=20")) for n in range(PAID))
    submit(client, invoice_text("B-00099", "3.00", vendor="Nobody Knows Ltd"))
    client.close()
    if check_all(site, host.client(site.token("boss")), acknowledged) != PAID:
        raise AssertionError("the sound books are not as they should be")
    host.stop()


# Damage at the rail alone, and what two persons do with every break that it makes; the books are equal then.
WORKED_OFF = {money_taken: "book", movement_doubled: "book", movement_deleted: "explained"}


def books_equal(host):
    lines = host.client().get("/metrics", Accept="text/plain").body.decode().splitlines()
    (value,) = (line.split()[-1] for line in lines if line.startswith("treasurer_books_equal "))
    return float(value)


def work_off(site, host, breaks, action):
    site.add_user("anna", "approver")
    boss, anna = host.client(site.token("boss")), host.client(site.token("anna"))
    for one in breaks:
        path = f"/api/v1/reconciliation/breaks/{one['id']}/resolve"
        word = {"action": action, "reason": "the bank's clerk has looked"}
        key = {"Idempotency-Key": one["id"]}
        answers = [boss.post(path, word), boss.post(path, word), anna.post(path, word, key), anna.post(path, word, key)]
        if [answer.status for answer in answers] != [202, 202, 200, 200]:
            raise AssertionError(f"two persons on {one['id']}: {answers}")
        if answers[3].headers.get("Idempotency-Replayed") != "true":
            raise AssertionError(f"the same word under the same key: {answers[3]}")
    report = boss.post("/api/v1/reconciliation").json()
    if not report["equal"] or books_equal(host) != 1:
        raise AssertionError(f"two persons have dealt with every break, and the books are not equal: {report['breaks']}")
    listed = sorted(one["id"] for one in report["explained"])
    if listed != (sorted(one["id"] for one in breaks) if action == "explained" else []):
        raise AssertionError(f"listed as explained: {listed}")
    site.run("ledger", "verify")


def run_case(template, damage):
    began = time.monotonic()
    name = damage.__name__
    with money_site("damage", template) as site:
        wanted, kind, words = damage(Hand(site))
        verified = site.run("ledger", "verify", expect=None)
        if wanted and (verified.returncode != 1 or wanted not in verified.stdout):
            raise AssertionError(f"{name}: `ledger verify` (exit {verified.returncode}) does not say {wanted!r}:\n"
                                 f"{verified.stdout}{verified.stderr}")
        breaks = []
        if kind:
            # Movements and payments this fresh are given time to appear; damage is old.
            host = site.start(reconciliation__grace_ms=0)
            report = host.client(site.token("boss")).post("/api/v1/reconciliation").json()
            breaks = report["breaks"]
            named = [one for one in breaks if one["kind"] == kind]
            if report["equal"] or not named or not all(word in json.dumps(named) for word in words):
                raise AssertionError(f"{name}: reconciliation does not name {kind} {words}: {breaks}")
            if books_equal(host) != 0:
                raise AssertionError(f"{name}: the metrics call the books equal")
            if damage in WORKED_OFF:
                work_off(site, host, breaks, WORKED_OFF[damage])
            host.stop()
    seen = [*(["ledger verify"] if wanted else []), *(["reconciliation as " + kind] if kind else [])]
    print(f"  {name}: named by {' and by '.join(seen)}, {time.monotonic() - began:.1f} s", flush=True)


def main():
    chosen = [kind for kind in KINDS if not sys.argv[1:] or kind.__name__ in sys.argv[1:]]
    print(f"damage: {len(chosen)} kinds", flush=True)
    failed = []
    with money_site("damage-template") as template:
        make_books(template)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            running = {pool.submit(run_case, template, kind): kind for kind in chosen}
            for done in concurrent.futures.as_completed(running):
                if error := done.exception():
                    failed.append(f"{running[done].__name__}: {error}")
    for line in failed:
        print("FAILED: " + line)
    if failed:
        return 1
    print(f"damage: each of {len(chosen)} kinds was found, and named")
    return 0


if __name__ == "__main__":
    sys.exit(main())
