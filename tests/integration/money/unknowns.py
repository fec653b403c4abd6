#!/usr/bin/env python3
"""Payments whose outcome only people can tell: the queue shows what was sent and when, what the rail says now and what
each choice would do; one person decides nothing, two that agree end the payment, and reconciliation names it when they
were wrong.
"""

import signal
import sys
import time

from money_site import ConnectionLost, invoice_text, money_site, submit, told

from books import Books, check_ledger
from host import wait_until

KEY = {"Idempotency-Key": "a word given once"}


def leave_unknown(site, number):
    """A payment over a rail that does not forgive repeats; its host died after Commit A. Returns its id."""
    host = site.start(testing__fault_point="saga.after_commit_a:1")
    before = set(Books(site).payments())
    client = host.client(site.token("clerk"))
    try:
        submit(client, invoice_text(number, "12.50"))
    except ConnectionLost:
        pass
    if host.wait_end() != -signal.SIGKILL:
        raise AssertionError("the host was to die after Commit A")
    (new,) = set(Books(site).payments()) - before
    return Books(site).payments()[new]["id"]


def expect(answer, status, what):
    if answer.status != status:
        raise AssertionError(f"{what}: expected {status}, got {answer}")
    return answer.json()


def main():
    began = time.monotonic()
    print("unknowns", flush=True)
    with money_site("unknowns", plugins__rails__bank__config__idempotent="false", reconciliation__grace_ms=0) as site:
        site.add_user("anna", "approver")
        first, second = leave_unknown(site, "U-00001"), leave_unknown(site, "U-00002")
        host = site.start(payments__lease_ms=10000)  # it holds what it pays, however slow it is
        boss, anna = host.client(site.token("boss")), host.client(site.token("anna"))
        clerk = host.client(site.token("clerk"))
        wait_until(lambda: [one["payment"]["needs_person"] for one in boss.items("/api/v1/unknowns")] == [True, True], 60,
                   "both payments wait for a person")
        queue = boss.items("/api/v1/unknowns")
        if [one["payment"]["id"] for one in queue] != [first, second]:
            raise AssertionError("the oldest comes first")
        shown = expect(boss.get(f"/api/v1/unknowns/{first}"), 200, "one unknown")
        if shown["rail_says"]["state"] != "never_received" or shown["held"]["amount"] != "12.5" or not shown["sendable_since"]:
            raise AssertionError(f"what is known of it: {shown}")
        if [choice["outcome"] for choice in shown["choices"]] != ["paid", "not_paid", "paid_elsewhere"]:
            raise AssertionError(f"its choices: {shown['choices']}")

        path = f"/api/v1/payments/{first}/resolve"
        expect(clerk.post(path, {"outcome": "not_paid"}), 403, "a submitter may not resolve")
        for body in ({"outcome": "perhaps"}, {"outcome": "paid"}, {}):
            expect(boss.post(path, body), 422, f"malformed: {body}")
        not_paid = {"outcome": "not_paid", "reason": "the bank's clerk has looked"}
        expect(boss.post(path, not_paid), 202, "the first person proposes")
        expect(boss.post(path, not_paid), 202, "the same person once more decides nothing")
        expect(anna.post(path, {"outcome": "paid", "reference": "B-1"}), 202, "another word takes its place")
        expect(boss.post(path, not_paid), 202, "and is replaced again")
        done = expect(anna.post(path, not_paid, KEY), 200, "the second person who agrees ends it")
        if done["state"] != "failed" or [one["by"] for one in done["resolution"]] != ["boss", "anna"]:
            raise AssertionError(f"the payment after it was resolved: {done}")
        again = anna.post(path, not_paid, KEY)
        if again.status != 200 or again.headers.get("Idempotency-Replayed") != "true":
            raise AssertionError(f"the same word under the same key: {again}")
        expect(anna.post(path, not_paid), 409, "what is final stays")
        check_ledger(site, Books(site), boss)
        paid = submit(clerk, invoice_text("U-00001", "12.50"), "wait=20")
        if paid.status != 200:
            raise AssertionError(f"the invoice may be submitted again: {paid}")

        # "Paid elsewhere" of an invoice whose payment failed: only while nobody has submitted it again.
        again_elsewhere = {"outcome": "paid_elsewhere", "reference": "cheque 16"}
        expect(boss.post(path, again_elsewhere), 409, "its claims are those of the invoice that was paid since")

        waiting = submit(clerk, invoice_text("U-00003", "12.50", vendor="Nobody Knows Ltd"))
        third = expect(waiting, 202, "an unknown vendor's invoice waits")["payment_id"]
        elsewhere = {"outcome": "paid_elsewhere", "reference": "cheque 17"}
        expect(boss.post(f"/api/v1/payments/{third}/resolve", {"outcome": "not_paid"}), 409, "nothing was sent")
        expect(boss.post(f"/api/v1/payments/{third}/resolve", elsewhere), 202, "paid by cheque, says one")
        expect(anna.post(f"/api/v1/payments/{third}/resolve", elsewhere), 200, "and another")
        invoice = expect(boss.get(f"/api/v1/invoices/{told(waiting)[0]}"), 200, "the invoice")
        approval = expect(boss.get(f"/api/v1/approvals/{invoice['approval_id']}"), 200, "its approval")
        if (invoice["status"], approval["status"]) != ("paid_elsewhere", "withdrawn"):
            raise AssertionError(f"invoice {invoice['status']}, approval {approval['status']}")
        twin = invoice_text("U-00003", "12.50", vendor="Nobody Knows Ltd") + "\ncopy\n"
        expect(submit(clerk, twin), 409, "an invoice that was paid elsewhere is not paid again")
        check_ledger(site, Books(site), boss)

        wrong = {"outcome": "paid", "reference": "B-2"}
        expect(boss.post(f"/api/v1/payments/{second}/resolve", wrong), 202, "wrong, says one")
        expect(anna.post(f"/api/v1/payments/{second}/resolve", wrong), 200, "and another")
        report = boss.post("/api/v1/reconciliation").json()
        if [(one["kind"], one["payment_id"]) for one in report["breaks"]] != [("no_rail_event", second)]:
            raise AssertionError(f"two persons who were wrong: {report['breaks']}")
        if boss.items("/api/v1/unknowns"):
            raise AssertionError("the queue is not empty")
        site.run("ledger", "verify")
        host.stop()
    print(f"unknowns: shown, decided by two, and named by reconciliation when they were wrong, {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
