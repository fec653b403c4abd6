"""What must be true of money after anything: judged from the rail's own book, the ledger's own tables and the API.

Files are read with sqlite3, not through the host, so that a host that is wrong cannot vouch for itself.
"""

import collections
import contextlib
import decimal
import os
import sqlite3

import backends
from host import wait_until

FINAL = {"settled", "failed", "cancelled", "returned"}
DECIMALS = 5  # of MNEE, in config/embedded.yaml
TREASURY = "assets:treasury:bank"


class Books:
    """The files of one site. Threads: one."""

    def __init__(self, site):
        self.bank = os.path.join(site.data, "bank.db")
        self.store = backends.store_of(site)

    @staticmethod
    def _rows(path, query):
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as connection:
            return connection.execute(query).fetchall()

    def payments(self):
        """By the id under which the rail knows them."""
        return {payment["id"].replace("-", ""): payment for payment in self.store.records("payments")}

    def invoices(self):
        return {invoice["id"]: invoice for invoice in self.store.records("invoices")}

    def moved(self):
        """What left the rail: (payment id, units), one for each movement."""
        rows = self._rows(self.bank, "SELECT payment_id, units FROM movements WHERE direction = 'out'")
        return [(payment, int(units)) for payment, units in rows]

    def rail_balance(self):
        """In the asset's smallest part, from the movements alone."""
        rows = self._rows(self.bank, "SELECT direction, units, fee FROM movements WHERE asset = 'MNEE'")
        return sum((int(units) if direction == "in" else -int(units)) - int(fee) for direction, units, fee in rows)

    def counters(self):
        return self.store.counters("balances")

    def booked_balance(self):
        counters = self.counters()
        return counters.get(f"MNEE|{TREASURY}|debits", 0) - counters.get(f"MNEE|{TREASURY}|credits", 0)

    def open_payments(self):
        """Those that are neither final nor waiting for a person."""
        return [payment for payment in self.payments().values()
                if payment["state"] not in FINAL and payment["state"] != "waiting_approval"
                and not payment.get("needs_human")]


def units(amount):
    """Decimal text in the asset's smallest part; exact."""
    whole, _, fraction = amount.partition(".")
    return int(whole + fraction.ljust(DECIMALS, "0"))


def _require(condition, what):
    if not condition:
        raise AssertionError(what)


def check_rail(books):
    """Each payment moved at most once, each document and each invoice was paid at most once, and what is settled moved.
    Returns how many payments moved."""
    moved = books.moved()
    payments, invoices = books.payments(), books.invoices()
    for payment, times in collections.Counter(payment for payment, _ in moved).items():
        _require(times == 1, f"payment {payment} moved {times} times")
    documents, numbers = collections.Counter(), collections.Counter()
    for payment_id, moved_units in moved:
        payment = payments.get(payment_id)
        _require(payment is not None, f"the rail moved payment {payment_id}, which the host does not know")
        _require(units(payment["amount"]["amount"]) == moved_units,
                 f"payment {payment_id} of {payment['amount']} moved {moved_units} units")
        invoice = invoices[payment["invoice_id"]]
        documents[invoice["document_sha256"]] += 1
        numbers[invoice["vendor_id"], invoice["invoice_number"]] += 1
    for name, times in (documents + numbers).items():
        _require(times == 1, f"{name} was paid {times} times")
    moved_ids = {payment for payment, _ in moved}
    for payment_id, payment in payments.items():
        if payment["state"] == "settled":
            _require(payment_id in moved_ids, f"payment {payment_id} is settled, but the rail never moved it")
        elif payment["state"] in ("failed", "cancelled"):
            _require(payment_id not in moved_ids, f"payment {payment_id} is {payment['state']}, but the rail moved it")
    return len(moved)


def check_ledger(site, books, client):
    """Debits are credits, verification finds nothing, and the books equal the rail: by its own book and by what the
    host's reconciliation says."""
    trial = client.get("/api/v1/ledger/trial-balance")
    _require(trial.status == 200 and trial.json()["assets"], f"trial balance: {trial}")
    for line in trial.json()["assets"]:
        _require(decimal.Decimal(line["difference"]) == 0, f"trial balance: {line}")
    client.close()  # it connects anew: a proof may take longer than an idle connection is kept
    verified = verify_ledger(site)
    _require(verified.returncode == 0, f"ledger verify: {verified.stdout}{verified.stderr}")
    booked, held = books.booked_balance(), books.rail_balance()
    _require(booked == held, f"the ledger has {booked} units at the rail, the rail's book {held}")
    for answer in (client.post("/api/v1/reconciliation"), client.get("/api/v1/reconciliation")):
        _require(answer.status == 200 and answer.json()["equal"] is True, f"reconciliation: {answer}")


def verify_ledger(site, tries=20):
    """On a busy machine transfers may be booked faster than the balances can be read: then it says so, and to try again."""
    for _ in range(tries):
        verified = site.run("ledger", "verify", expect=None, timeout=600)
        if "booked faster" not in verified.stderr:
            break
    return verified


def check_acknowledged(books, client, acknowledged):
    """`acknowledged`: invoice id -> what a client was told ("paid", "accepted" or "duplicate"). None may be lost."""
    invoices = books.invoices()
    shown = {payment["invoice_id"]: payment for payment in client.items("/api/v1/payments")}
    moved = {payment for payment, _ in books.moved()}
    for invoice_id, told in acknowledged.items():
        _require(invoice_id in invoices, f"invoice {invoice_id} was acknowledged ({told}) and is not in storage")
        payment = shown.get(invoice_id)
        _require(payment is not None, f"invoice {invoice_id} was acknowledged ({told}) and has no payment in the API")
        standing = payment["state"] in FINAL or payment["state"] == "waiting_approval" or payment["needs_person"]
        _require(standing, f"invoice {invoice_id} was acknowledged ({told}), its payment is {payment['state']}")
        if told == "paid":
            _require(payment["end_to_end_id"] in moved, f"invoice {invoice_id} was called paid, but nothing moved")


def wait_settled(books, within=60.0):
    """Until no payment is on its way any more."""
    wait_until(lambda: not books.open_payments(), within, "every payment final, or waiting for a person")


def check_all(site, client, acknowledged, within=60.0):
    """Waits for the last payment and checks everything. `client` belongs to an admin. Returns how many moved."""
    books = Books(site)
    try:
        wait_settled(books, within)
    except AssertionError as error:
        still = [(one["id"], one["state"], one.get("reason", "")) for one in books.open_payments()]
        raise AssertionError(f"{error}; {len(still)} are open: {still[:5]}") from None
    moved = check_rail(books)
    check_acknowledged(books, client, acknowledged)
    check_ledger(site, books, client)
    return moved
