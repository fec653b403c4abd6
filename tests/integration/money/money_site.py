"""The site that all money tests begin with, and how they submit an invoice and note what they were told."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))

from api_client import ConnectionLost  # noqa: E402
from host import Site  # noqa: E402
from invoices import VENDORS, invoice_text  # noqa: E402

# Leases end soon and open payments are looked at often, so that tests wait little.
QUICK = {
    "policy.auto_approval_limit": "1000000",
    "policy.critical_runway_months": "0",
    "payments.lease_ms": 1000,
    "payments.poll_ms": 50,
    "payments.lookup_initial_ms": 50,
    "payments.lookup_max_ms": 400,
    "plugins.rails.bank.config.opening_balance": "10000000",
}


def prepare(site):
    """Users and vendors; the tokens are for the life of the site."""
    site.add_user("clerk", "submitter")
    site.add_user("boss", "admin")
    site.add_vendors(VENDORS)
    return site


def money_site(name, template=None, **settings):
    """Settings: dots written as two underscores."""
    site = Site(name, {**QUICK, **{key.replace("__", "."): value for key, value in settings.items()}}, template=template)
    if not template:
        prepare(site)
    return site


def submit(client, text, wait="wait=1"):
    return client.post("/api/process-invoice", {"raw_text": text}, {"Prefer": wait})


def told(answer):
    """(invoice id, what the client was told) of an answer that acknowledges an invoice; None: it was not taken."""
    words = {200: "paid", 202: "accepted", 409: "duplicate"}
    if answer.status in words:
        body = answer.json()
        if answer.status != 409 or body["code"] == "duplicate_invoice":
            return body["invoice_id"], words[answer.status]
    return None


__all__ = ["ConnectionLost", "QUICK", "Site", "invoice_text", "money_site", "prepare", "submit", "told"]
