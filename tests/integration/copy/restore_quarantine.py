#!/usr/bin/env python3
"""A backup is made, more is paid, everything is lost, the backup is restored, and the same invoices come again: nothing
is paid twice. The rail's statement shows what the restored books do not know, so the quarantine holds until a person has
dealt with it. A backup that lost nothing leaves its quarantine by itself.
"""

import contextlib
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "money"))
from money_site import Site, invoice_text, money_site, submit  # noqa: E402

from books import Books  # noqa: E402
from host import wait_until  # noqa: E402

PAID_BEFORE, PAID_AFTER = 5, 6


def require(condition, what):
    if not condition:
        raise AssertionError(what)


def invoice(number, amount="10.00"):
    return invoice_text(f"Q-{number}", amount)


def approve(client, approval_id):
    asked = client.get(f"/api/v1/approvals/{approval_id}").json()
    return client.post(f"/api/v1/approvals/{approval_id}/approve", {"payload_hash": asked["payload_hash"]},
                       {"Prefer": "wait=30"})


def pay(client, numbers):
    for number in numbers:
        answer = submit(client, invoice(number), "wait=30")
        require(answer.status == 200, f"invoice {number} was not paid: {answer}")


def copy_bank(site, other):
    """All that the rail ever noted, what still stands in its log included."""
    with contextlib.closing(sqlite3.connect(os.path.join(site.data, "bank.db"))) as there, \
            contextlib.closing(sqlite3.connect(os.path.join(other.data, "bank.db"))) as here:
        there.backup(here)


def restored_from(site, backup, **settings):
    """A new machine: the data folder is gone, the rail's own book is where it was."""
    other = Site("restored", {**site.settings, "payments.quarantine_min_s": 0, **settings})
    copy_bank(site, other)
    other.run("restore", backup)
    return other


class Api:
    def __init__(self, site, host):
        self.clerk, self.boss = host.client(site.token("clerk")), host.client(site.token("boss"))

    def is_quarantined(self):
        return self.boss.get("/api/v1/quarantine").json()["active"]

    def alerts(self):
        return [alert["code"] for alert in self.boss.get("/api/dashboard").json()["alerts"]]

    def reconcile(self):
        answer = self.boss.post("/api/v1/reconciliation")
        require(answer.status == 200, f"reconciliation: {answer}")
        return answer.json()


def books_that_lost_payments():
    """Returns the site whose data is lost, its backup, and the approval that was given after it."""
    site = money_site("lost", policy__auto_approval_limit=100)
    host = site.start()
    api = Api(site, host)
    pay(api.clerk, range(PAID_BEFORE))
    waiting = submit(api.clerk, invoice(900, "500.00")).json()
    require(waiting["status"] == "PAUSED_FOR_APPROVAL", waiting)
    backup = os.path.join(site.folder, "t0.backup.gz")
    site.run("backup", backup, "--with-keys")
    pay(api.clerk, range(PAID_BEFORE, PAID_BEFORE + PAID_AFTER))
    approved = approve(api.boss, waiting["approval_id"])
    require(approved.status == 200 and approved.json()["payment"]["state"] == "settled", f"approval: {approved}")
    host.kill()
    return site, backup, waiting["approval_id"]


def check_quarantine_holds(api, books, approval_id):
    """Every invoice comes again. Returns what moved at the rail, which is what moved before."""
    moved = sorted(books.moved())
    require(len(moved) == PAID_BEFORE + PAID_AFTER + 1, f"{len(moved)} payments moved before the crash")
    for number in range(PAID_BEFORE):
        answer = submit(api.clerk, invoice(number))
        require(answer.code() == "duplicate_invoice", f"an invoice the backup knows: {answer}")
    for number in range(PAID_BEFORE, PAID_BEFORE + PAID_AFTER):
        answer = submit(api.clerk, invoice(number), "wait=30")
        require(answer.status == 202 and answer.json()["status"] == "PAUSED_FOR_APPROVAL", f"{answer}")
        require("quarantine" in answer.json()["reason"], f"{answer}")
        refused = approve(api.boss, answer.json()["approval_id"])
        require(refused.status == 409 and "quarantine" in refused.json()["detail"], f"{refused}")
    refused = approve(api.boss, approval_id)
    require(refused.status == 409 and "quarantine" in refused.json()["detail"], f"{refused}")

    report = api.reconcile()
    unknown = [found for found in report["breaks"] if found["kind"] == "money_left_without_us"]
    require(report["equal"] is False and len(unknown) == PAID_AFTER + 1, f"breaks: {report['breaks']}")
    require(api.is_quarantined(), "the quarantine was lifted although the rail paid what the books do not know")
    require("quarantine" in api.alerts() and "books_not_equal" in api.alerts(), f"{api.alerts()}")
    ready = api.boss.get("/health/ready")
    require(ready.status == 200 and ready.json()["quarantined"] is True, f"{ready}")
    require(sorted(books.moved()) == moved, "something was paid in quarantine")
    return moved


def check_release(site, api, books, moved, approval_id):
    require(api.clerk.post("/api/v1/quarantine/release", {"reason": "I say so"}).status == 403, "a clerk released it")
    require(api.boss.post("/api/v1/quarantine/release", {}).status == 422, "it was released without a reason")
    released = api.boss.post("/api/v1/quarantine/release", {"reason": "7 payments compared with the bank's statement"})
    require(released.status == 200 and released.json()["released_by"] == "boss", f"{released}")
    require(api.boss.post("/api/v1/quarantine/release", {"reason": "again"}).status == 409, "released twice")
    require(not api.is_quarantined() and "quarantine" not in api.alerts(), "still in quarantine")

    pay(api.clerk, [901])  # so the host sends again, and yet nothing else:
    require(len(books.moved()) == len(moved) + 1, "an invoice that waited was paid by the release alone")
    known = approve(api.boss, approval_id)
    require(known.status == 200, f"the approval that was given before: {known}")
    wait_until(lambda: not books.open_payments(), 30, "the approved payment is final")
    payment = api.boss.get(f"/api/v1/payments/{known.json()['payment']['id']}").json()
    require(payment["state"] == "settled", f"the rail had paid it: {payment}")
    require(len(books.moved()) == len(moved) + 1, "a payment of before the backup was sent again")
    audit = [entry for entry in books.store.records("audit") if entry["action"] == "quarantine.released"]
    require(len(audit) == 1 and audit[0]["actor"] == "boss", f"audit: {audit}")


def lost_payments_are_not_paid_again():
    site, backup, approval_id = books_that_lost_payments()
    with site, restored_from(site, backup) as other:
        host = other.start()
        api, books = Api(other, host), Books(other)
        moved = check_quarantine_holds(api, books, approval_id)
        host.kill()  # the quarantine outlives the process
        host = other.start()
        api = Api(other, host)
        api.reconcile()
        require(api.is_quarantined(), "a restart lifted the quarantine")
        check_release(other, api, books, moved, approval_id)
        host.stop()
    print(f"restore_quarantine: {PAID_AFTER + 1} payments made after the backup and lost; the same invoices again: none "
          f"paid twice, the quarantine held until it was released by hand")


def a_complete_backup_is_released_by_itself():
    with money_site("complete") as site:
        host = site.start()
        pay(Api(site, host).clerk, range(PAID_BEFORE))
        host.stop()
        backup = os.path.join(site.folder, "complete.backup.gz")
        site.run("backup", backup, "--with-keys")
        with restored_from(site, backup) as other:
            host = other.start()
            api, books = Api(other, host), Books(other)
            wait_until(lambda: not api.is_quarantined(), 60, "the quarantine is lifted by a comparison that is equal")
            pay(api.clerk, [901])
            require(len(books.moved()) == PAID_BEFORE + 1, "not paid after the quarantine")
            require(api.boss.get("/api/v1/quarantine").json()["released_by"] == "host:reconciliation", "by whom?")
            host.stop()
        with restored_from(site, backup, **{"payments.quarantine_min_s": 3600}) as other:
            host = other.start()
            api = Api(other, host)
            require(api.reconcile()["equal"] is True, "the books equal the rail")
            require(api.is_quarantined(), "lifted before its shortest time")
            host.stop()
    print("restore_quarantine: a backup that lost nothing: released by an equal comparison, not before its shortest time")


if __name__ == "__main__":
    lost_payments_are_not_paid_again()
    a_complete_backup_is_released_by_itself()
    sys.exit(0)
