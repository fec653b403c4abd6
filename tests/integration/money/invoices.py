"""Invoices for the money tests, in a form that parser_rules reads without doubt, and the vendors they come from."""

WALLET = "0x4e1f0c2b6a7d8e9f00112233445566778899aabb"
VENDOR = "Nimbus Forge Hosting"
VENDORS = [{"name": VENDOR, "accounts": [{"rail": "bank", "asset": "MNEE", "address": WALLET}]}]


def invoice_text(number, amount, currency="MNEE", vendor=VENDOR, date="2026-11-02"):
    return (f"INVOICE\nInvoice Number: {number}\nInvoice Date: {date}\nFrom: {vendor}\n"
            f"Bill To: Autonomous Treasurer Inc.\n\nTotal Due: {amount} {currency}\nWallet: {WALLET}\n")
