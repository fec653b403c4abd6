#!/usr/bin/env python3
"""Two rails with an asset each in one host: an invoice is paid in each over its own rail, the books count each asset by
itself, and an invoice in an asset that no rail carries waits for a person, and cannot be approved either.
"""

import contextlib
import decimal
import json
import os
import sqlite3
import sys
import time

from money_site import invoice_text, money_site, submit

from books import Books, check_ledger
from invoices import VENDOR

EURO_ADDRESS = "DE89370400440532013000"
SEPA = {"use": "rail_simulated", "config.assets": "[\"EUR:2\"]", "config.account": "giro",
        "config.opening_balance": "500"}


def at_rail(path):
    """(payments out, balance) in the smallest part, by the rail's own book."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as book:
        rows = book.execute("SELECT direction, units, fee FROM movements").fetchall()
    out = [int(units) for direction, units, _ in rows if direction == "out"]
    return out, sum((int(units) if direction == "in" else -int(units)) - int(fee) for direction, units, fee in rows)


def lines(client, query=""):
    answer = client.get("/api/v1/ledger/accounts" + query)
    if answer.status != 200:
        raise AssertionError(f"accounts: {answer}")
    return {(line["account"], line["asset"]): line for line in answer.json()["items"]}


def approve(boss, asked):
    approval = boss.get(f"/api/v1/approvals/{asked.json()['approval_id']}").json()
    return boss.post(f"/api/v1/approvals/{approval['id']}/approve",
                     {"payload_hash": approval["payload_hash"], "reason": "looked at it"}, {"Prefer": "wait=20"})


def vendor_with_euro(site):
    path = os.path.join(site.folder, "two_coins.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump([{"name": "Two Coins Ltd",
                    "accounts": [{"rail": "sepa", "asset": "EUR", "address": EURO_ADDRESS}]}], file)
    return path


def check(told, expected, what):
    if told != expected:
        raise AssertionError(f"{what}: {told}, expected {expected}")


def main():
    began = time.monotonic()
    print("two_assets", flush=True)
    with money_site("assets") as site:
        sepa = os.path.join(site.data, "sepa.db")
        site.settings.update({f"plugins.rails.sepa.{key}": value for key, value in SEPA.items()})
        site.settings.update({"plugins.rails.sepa.config.path": sepa, "reconciliation.interval_ms": 200})
        host = site.start()
        clerk, boss = host.client(site.token("clerk")), host.client(site.token("boss"))
        vendor = next(one for one in boss.items("/api/v1/vendors") if one["name"] == VENDOR)
        added = boss.post(f"/api/v1/vendors/{vendor['id']}/accounts",
                          {"rail": "sepa", "asset": "EUR", "address": EURO_ADDRESS})
        check(added.status, 201, "an account in euro is added")

        paid = submit(clerk, invoice_text("TA-1", "20.00"), "wait=20")
        check(paid.status, 200, f"an invoice in MNEE is paid at once: {paid}")
        asked = submit(clerk, invoice_text("TA-2", "120.50", currency="EUR").replace("Wallet: ", "Ref: "), "wait=20")
        check(asked.status, 202, f"the limit, in MNEE, says nothing of euro: {asked}")
        check(approve(boss, asked).status, 409, "the new account cools off")
        unpaid = submit(clerk, invoice_text("TA-3", "10.00", currency="USD").replace("Wallet: ", "Ref: "), "wait=20")
        check(unpaid.status, 202, f"no rail carries dollars: {unpaid}")
        if "no payment rail for USD" not in unpaid.json()["reason"]:
            raise AssertionError(f"why dollars wait: {unpaid}")
        refused = approve(boss, unpaid)
        check((refused.status, refused.code()), (409, "conflict"), "nobody can approve what no rail carries")

        host.stop()
        site.run("vendor", "import", vendor_with_euro(site))
        host = site.start()
        clerk, boss = host.client(site.token("clerk")), host.client(site.token("boss"))
        asked = submit(clerk, invoice_text("TA-4", "99.99", currency="EUR", vendor="Two Coins Ltd")
                       .replace("Wallet: ", "Ref: "), "wait=20")
        approved = approve(boss, asked)
        check(approved.status, 200, f"the invoice in euro is approved: {approved}")
        check(approved.json()["payment"]["state"], "settled", "and paid")
        check(approved.json()["payment"]["rail"], "sepa", "over the rail that carries euro")

        bank_out, bank_holds = at_rail(Books(site).bank)
        sepa_out, sepa_holds = at_rail(sepa)
        check((bank_out, sepa_out), ([2_000_000], [9_999]), "each rail paid what is its own")
        accounts = lines(boss)
        for (account, asset, decimals), holds in {("assets:treasury:bank", "MNEE", 5): bank_holds,
                                                  ("assets:treasury:sepa", "EUR", 2): sepa_holds}.items():
            line = accounts[account, asset]
            check(decimal.Decimal(line["balance"]).scaleb(decimals), holds, f"{account} is what the rail holds")
            check(line["available"], line["balance"], "nothing is held")
        check(accounts["assets:treasury", "EUR"]["balance"], "400.01", "the sum in euro has no MNEE in it")
        check(("assets:treasury:bank", "EUR") in accounts, False, "the bank has no euro")
        under = lines(boss, "?under=assets:treasury:sepa")
        check(list(under), [("assets:treasury:sepa", "EUR")], "under one account")
        check(lines(boss, "?as_of=2020-01-01"), {}, "before the books began")
        trial = {line["asset"]: line for line in boss.get("/api/v1/ledger/trial-balance").json()["assets"]}
        check({asset: line["difference"] for asset, line in trial.items()}, {"EUR": "0", "MNEE": "0"},
              "each asset balances by itself")
        check(trial["EUR"]["debits"], "599.99", "all that was ever booked in euro")
        check_ledger(site, Books(site), boss)
        host.stop()
    print(f"two_assets: one invoice paid in each of two assets over its own rail, one in a third waits; "
          f"{time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
