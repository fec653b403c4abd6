"""Invoices for the money tests, in a form that parser_rules reads without doubt, and the vendors they come from."""

WALLET = "0x4e1f0c2b6a7d8e9f00112233445566778899aabb"
VENDOR = "Nimbus Forge Hosting"
VENDORS = [{"name": VENDOR, "accounts": [{"rail": "bank", "asset": "MNEE", "address": WALLET}]}]


def invoice_text(number, amount, currency="MNEE", vendor=VENDOR, date="2026-11-02"):
    return (f"INVOICE\nInvoice Number: {number}\nInvoice Date: {date}\nFrom: {vendor}\n"
            f"Bill To: Autonomous Treasurer Inc.\n\nTotal Due: {amount} {currency}\nWallet: {WALLET}\n")


def invoice_page(number, amount, currency="MNEE", vendor=VENDOR, date="2026-11-02"):
    """As a program takes the text off a PDF page: columns, page numbers, much white space."""
    return (f"{vendor}                                                          INVOICE\n"
            "12 Harbour Street, Rotterdam\n\n"
            "Bill To:                                    "
            f"Invoice Number: {number}\n"
            "Autonomous Treasurer Inc.                   "
            f"Invoice Date: {date}\n\n"
            "Description                                              Amount\n"
            f"Hosting, dedicated servers                               {amount}\n\n"
            f"                                       Total Due: {amount} {currency}\n\n"
            f"Wallet: {WALLET}\n\n"
            "                                  Page 1 of 1\n\f")


def invoice_typed(number, amount, currency="MNEE", vendor=VENDOR, date="2026-11-02"):
    """As somebody typed it from the paper: other case, other order, a slip in the number's punctuation."""
    return (f"From: {vendor}\nInvoice Date: {date}\nInvoice Number: {number.replace('-', ' ')}\n"
            f"Total Due: {amount} {currency}\nWallet: {WALLET}\n")
