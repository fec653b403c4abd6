#!/usr/bin/env python3
"""A rail that takes fees, and a payment that comes back: fees are reserved with the amount and booked, the return is a
transfer of its own, its invoice may be paid again, and all the while the books equal the rail.
"""

import contextlib
import sqlite3
import sys
import time

from money_site import invoice_text, money_site, submit, told

from books import Books, check_ledger, units
from host import wait_until

FEE, AMOUNT, PAID = "0.25", "20.00", 4


def main():
    began = time.monotonic()
    print("fees_and_returns", flush=True)
    with money_site("fees", plugins__rails__bank__config__fee=FEE, reconciliation__interval_ms=200,
                    plugins__rails__bank__config__opening_balance="100") as site:
        books = Books(site)
        host = site.start()
        clerk, boss = host.client(site.token("clerk")), host.client(site.token("boss"))
        texts = [invoice_text(f"FR-{n:05}", AMOUNT) for n in range(PAID + 1)]
        answers = [submit(clerk, text, "wait=20") for text in texts]
        states = [answer.status for answer in answers]
        # 100 MNEE pay four times 20.25 and not five times 20.
        if states != [200] * PAID + [202] or "is available" not in answers[-1].json()["reason"]:
            raise AssertionError(f"four of five fit into the funds: {answers[-1]}")
        # 19 are left: enough for the amount, not for the fee besides.
        short = submit(clerk, invoice_text("FR-00099", "18.90"), "wait=20")
        if short.status != 202 or "19 MNEE is available" not in short.json()["reason"]:
            raise AssertionError(f"an invoice whose fee does not fit waits for a person: {short}")
        approval = boss.get(f"/api/v1/approvals/{short.json()['approval_id']}").json()
        refused = boss.post(f"/api/v1/approvals/{approval['id']}/approve", {"payload_hash": approval["payload_hash"]})
        if refused.status != 409 or "19 MNEE is available" not in refused.json()["detail"]:
            raise AssertionError(f"and cannot be approved while it does not: {refused}")
        check_ledger(site, books, boss)
        counters = books.counters()
        if counters.get("MNEE|expenses:fees:bank|debits") != PAID * units(FEE):
            raise AssertionError(f"the fees are not booked: {counters}")

        paid = books.payments()
        invoice_id = told(answers[0])[0]
        victim = next(p for p in paid.values() if p["invoice_id"] == invoice_id)
        with contextlib.closing(sqlite3.connect(books.bank)) as bank, bank:
            bank.execute("INSERT INTO movements (direction, asset, units, payment_id) VALUES ('in', 'MNEE', ?, ?)",
                         (str(units(AMOUNT)), victim["id"].replace("-", "")))
        wait_until(lambda: boss.get(f"/api/v1/payments/{victim['id']}").json()["state"] == "returned", 20,
                   "the payment that came back is called returned")
        check_ledger(site, books, boss)
        shown = boss.get(f"/api/v1/invoices/{invoice_id}").json()
        if shown["status"] != "failed":
            raise AssertionError(f"the invoice of a payment that came back: {shown['status']}")
        logs = boss.get("/api/dashboard/logs").json()
        if not any(line["status"] == "RETURNED" and line["vendor"] for line in logs):
            raise AssertionError("the return is not in the logs")
        back = [t for t in books.store.records("transfers") if t.get("purpose") == "return"]
        if len(back) != 1 or back[0]["credit_account"] != f"expenses:vendor:{victim['creditor']['vendor_id']}":
            raise AssertionError(f"the return's transfer: {back}")

        again = submit(clerk, texts[0], "wait=20")  # there is not enough left: 19 and 20 come back
        if again.status not in (200, 202):
            raise AssertionError(f"the invoice may be submitted again: {again}")
        check_ledger(site, books, boss)
        host.stop()
    print(f"fees_and_returns: {PAID} fees booked, a return told apart, its invoice submitted again ({again.status}); the "
          f"books equalled the rail throughout, {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
