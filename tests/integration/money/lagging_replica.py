#!/usr/bin/env python3
"""A host whose lists a streaming replica may answer, and the replica stands still: lists of what the replica has come
from it, whoever has just submitted an invoice sees it in every list all the same, and what decides about money sees the
primary: a duplicate is a duplicate, funds are spent once, the books equal the rail.

That an answer is the replica's shows in a record that is changed behind the host's back on the primary alone.
"""

import sys

from money_site import invoice_text, money_site, submit, told

import backends
from books import Books, check_all
from host import wait_until

MARK = "changed on the primary alone"
FIRST, SECOND = invoice_text("L-00001", "12.50"), invoice_text("L-00002", "13.75")


def caught_up(primary, standby):
    written = primary.sql("SELECT pg_current_wal_lsn()")
    wait_until(lambda: standby.sql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'") == "t", 30, "the replica has it")


def stand_still(standby):
    standby.sql("SELECT pg_wal_replay_pause()")
    wait_until(lambda: standby.sql("SELECT pg_get_wal_replay_pause_state()") == "paused", 30, "replay pauses")


def listed(client, path, key):
    """What the list at `path` says of the record `key`; None: it is not there."""
    answer = client.get(path)
    if answer.status != 200:
        raise AssertionError(f"GET {path}: {answer}")
    body = answer.json()
    return next((one for one in body if one["payment_id"] == key) if isinstance(body, list)
                else (one for one in body["items"] if one["id"] == key), None)


def pay(client, text):
    """(payment id, invoice id)"""
    answer = submit(client, text, wait="wait=20")
    if told(answer) is None or answer.status != 200:
        raise AssertionError(f"the invoice was not paid: {answer}\n{text}")
    return answer.json()["payment_id"], answer.json()["invoice_id"]


def check(what, is_so):
    if not is_so:
        raise AssertionError(what)
    print(f"  {what}", flush=True)


def main():
    primary = backends.postgres()
    # No comparison of the books commits while the test looks.
    with money_site("lagging-replica", reconciliation__interval_ms=86_400_000) as site:
        standby = primary.replica()
        site.settings["plugins.storage.config.replica_url"] = f"{standby.url.rsplit('/', 1)[0]}/{site.database}"
        site.settings["plugins.storage.config.replica_max_lag"] = 3_600_000
        host = site.start()
        clerk, boss = host.client(site.token("clerk"), timeout=60), host.client(site.token("boss"), timeout=60)
        first, first_invoice = pay(clerk, FIRST)
        boss.get("/api/v1/payments")  # a connection to the replica stands before it stands still
        caught_up(primary, standby)
        stand_still(standby)
        books = Books(site)
        books.store.edit("payments", first, reason=MARK)

        one, all_of_them = boss.get(f"/api/v1/payments/{first}").json(), listed(boss, "/api/v1/payments", first)
        check("one payment is read on the primary", one["reason"] == MARK)
        check("the list comes from the replica", all_of_them is not None and all_of_them["reason"] != MARK)

        second, second_invoice = pay(clerk, SECOND)
        check("the replica does not have the second payment", standby.sql(
            f"SELECT count(*) FROM treasurer.payments WHERE key = '{second}'", site.database) == "0")
        for path in ("/api/v1/payments", "/api/dashboard/logs"):
            check(f"who submitted it sees it in {path}", listed(clerk, path, second) is not None)
        check("and in /api/v1/invoices", listed(clerk, "/api/v1/invoices", second_invoice) is not None)
        check("that list is the primary's", listed(boss, "/api/v1/payments", first)["reason"] == MARK)
        for name, text in (("the first invoice", FIRST), ("the second", SECOND)):
            again = submit(clerk, text, wait="wait=20")
            check(f"{name} again is a duplicate", again.status == 409 and again.code() == "duplicate_invoice")

        standby.sql("SELECT pg_wal_replay_resume()")
        caught_up(primary, standby)
        check("the replica, once it replays, shows what was changed", listed(boss, "/api/v1/payments", first)["reason"] == MARK)
        moved = check_all(site, boss, {first_invoice: "paid", second_invoice: "paid"})
        check(f"{moved} payments moved, the books equal the rail", moved == 2)
        host.stop()
        standby.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
