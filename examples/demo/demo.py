#!/usr/bin/env python3
"""Invoices, read, judged, paid or held, and booked, by a real host on a fresh folder. Run it with ./dev demo.

    demo.py [--build DIR] [--stop] [FOLDER]

FOLDER holds invoices as *.txt, and may hold a vendors.yaml; the default is examples/invoices, from which four things
are expected to happen. On a terminal the host stays up until Enter; otherwise, or with --stop, it is stopped.
Exit code 0: the books equal the rail, and what was expected happened.
"""
import argparse
import shutil
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from host import Host, HostError

ROOT = Path(__file__).resolve().parents[2]
INVOICES = ROOT / "examples/invoices"
USERS = ("submitter", "approver", "admin")  # each with the role of that name
FINAL = ("settled", "failed", "cancelled", "returned")


class Row:
    """One document and what became of it."""

    def __init__(self, file):
        self.file = file
        self.outcome = self.why = self.vendor = self.amount = ""
        self.approval_id = self.payment_id = None
        self.open_rules = {}  # what policy did not pass: rule -> "ask", "hold" or "refuse"


def submit(row, client):
    """Sends one document, and takes down what the host made of it."""
    content = row.file.read_bytes()
    try:
        status, body = client.post("/api/process-invoice", {"raw_text": content.decode("utf-8")})
    except UnicodeDecodeError:
        status, body = client.call("POST", "/api/v1/invoices", content, "text/plain")
    row.outcome = {200: "paid", 202: "waits", 403: "refused", 409: "duplicate", 413: "too large",
                   422: "unreadable"}.get(status, f"error {status}")
    row.why = body.get("reason") or body.get("detail") or ""
    if body.get("status") == "PROCESSING":
        row.outcome = "under way"
    row.approval_id = body.get("approval_id")
    row.payment_id = body.get("payment_id") if status in (200, 202) else None
    if body.get("invoice_id"):
        invoice = client.get(f"/api/v1/invoices/{body['invoice_id']}")
        row.vendor = invoice["vendor"] or ""
        row.amount = f"{invoice['amount_due']['amount']} {invoice['amount_due']['asset']}"
        rules = {rule["rule"]: rule for rule in invoice["decision"]["reasons"]}
        if status != 409:
            row.open_rules = {name: rule["result"] for name, rule in rules.items() if rule["result"] != "pass"}
        if row.outcome == "paid":
            row.why = f"{rules['payee_account']['detail']}, {rules['auto_approval_limit']['detail']}"
    if row.outcome == "waits" and row.open_rules.get("payee_account") == "ask":
        row.outcome = "held"


def approve_one(rows, approver):
    """Approves the first invoice that waits only because it is above a limit. Returns its row, or None."""
    for row in rows:
        if row.outcome == "waits" and row.open_rules and set(row.open_rules) <= {"auto_approval_limit", "critical_runway"}:
            approval = approver.get(f"/api/v1/approvals/{row.approval_id}")
            status, body = approver.post(f"/api/v1/approvals/{row.approval_id}/approve",
                                         {"payload_hash": approval["payload_hash"], "reason": "agreed, see the order"})
            if status != 200:
                raise HostError(f"the approval of {row.file.name} was refused: {body}")
            if wait_until_final(approver, row.payment_id) == "settled":
                row.outcome, row.why = "approved, paid", row.why + "; approved by approver"
                return row
    return None


def wait_until_final(client, payment_id):
    deadline = time.monotonic() + 30
    while True:
        state = client.get(f"/api/v1/payments/{payment_id}")["state"]
        if state in FINAL or time.monotonic() > deadline:
            return state
        time.sleep(0.1)


def print_table(rows):
    heads = ("file", "outcome", "vendor", "amount", "why")
    lines = [(r.file.name, r.outcome, r.vendor, r.amount, r.why) for r in rows]
    widths = [max(len(line[i]) for line in [heads, *lines]) for i in range(4)]
    widths[2] = min(widths[2], 34)
    left = max(shutil.get_terminal_size().columns - sum(widths) - 8, 40) if sys.stdout.isatty() else 1000
    for line in [heads, *lines]:
        cells = [text[:width].ljust(width) for text, width in zip(line, widths)]
        print("  ".join(cells), line[4] if len(line[4]) <= left else line[4][: left - 3] + "...", sep="  ")


def print_books(admin):
    """The trial balance, and the same money as the rail's own statement tells it. True if all of it agrees."""
    trial = admin.get("/api/v1/ledger/trial-balance")
    status, report = admin.post("/api/v1/reconciliation", {})
    if status != 200:
        raise HostError(f"reconciliation: {status} {report}")
    print("\nTrial balance of the ledger")
    for line in trial["assets"]:
        print(f"  {line['asset']:6} debits {line['debits']:>16}  credits {line['credits']:>16}  difference {line['difference']}")
    print("The ledger against the rail's own statement")
    for line in report["balances"]:
        print(f"  {line['asset']:6} booked {line['booked']:>16}  at {line['rail']} {line['at_rail']:>16}"
              f"  difference {line['difference']}")
    for found in report["breaks"]:
        print(f"  break: {found['kind']}: {found['detail']}")
    balanced = all(Decimal(line["difference"]) == 0 for line in trial["assets"])
    print("Books equal the rail: " + ("yes" if report["equal"] and balanced else "NO"))
    return report["equal"] and balanced


def expectations(rows, approved):
    """What the invoices of this repository must show: name -> whether it happened."""
    return {
        "an invoice was paid without a human": any(row.outcome == "paid" for row in rows),
        "one waited, was approved and paid": approved is not None,
        "one was refused as a duplicate": any(row.outcome == "duplicate" for row in rows),
        "one is held because its account differs from the vendor master":
            any(row.outcome == "held" for row in rows),
    }


def run(host, folder):
    vendors = folder / "vendors.yaml"
    vendors = vendors if vendors.exists() else INVOICES / "vendors.yaml"
    print(f"==> a fresh folder {host.data} with the users {', '.join(USERS)} and the vendors of {vendors}")
    for name in USERS:
        host.add_user(name, role=name)
    host.run("vendor", "import", str(vendors))
    host.start()
    print(f"==> host ready at {host.url}")

    rows = [Row(file) for file in sorted(folder.glob("*.txt"))]
    if not rows:
        raise HostError(f"there is no *.txt in {folder}")
    print(f"==> sending {len(rows)} documents of {folder}\n")
    submitter, approver, admin = (host.client(user) for user in USERS)
    for row in rows:
        submit(row, submitter)
        if row.outcome == "under way" and wait_until_final(submitter, row.payment_id) == "settled":
            row.outcome = "paid"
    approved = approve_one(rows, approver)
    print_table(rows)
    good = print_books(admin)

    dashboard = admin.get("/api/dashboard")
    runway = dashboard["runway_months"]
    print(f"\nDashboard: balance {dashboard['treasury_balance']} {dashboard['currency']}, monthly burn "
          f"{dashboard['monthly_burn']}, {'nothing burnt yet' if runway is None else f'runway {runway} months'}, "
          f"{dashboard['waiting_approvals']} approvals waiting\n")
    if folder == INVOICES:
        for name, happened in expectations(rows, approved).items():
            print(f"{'ok  ' if happened else 'MISSING '}{name}")
            good = good and happened
    return good and not any(row.outcome.startswith("error") for row in rows)


def stay(host):
    print(f"""
The host goes on at {host.url}, for example:
  TOKEN=$(curl -s {host.url}/token -d username=admin -d password={host.passwords['admin']} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" {host.url}/api/dashboard
  curl -s -H "Authorization: Bearer $TOKEN" {host.url}/api/v1/payments
In a browser, every operation with a form to try it: {host.url}/docs
Press Enter to stop it; its folder is then removed.""")
    input()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / "build/release", type=Path, help="the build folder")
    parser.add_argument("--stop", action="store_true", help="stop the host at the end, also on a terminal")
    parser.add_argument("folder", nargs="?", default=INVOICES, type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    with tempfile.TemporaryDirectory(prefix="treasurer-demo-") as data:
        host = Host(options.build, ROOT / "config/embedded.yaml", data)
        try:
            good = run(host, options.folder.resolve())
            if sys.stdin.isatty() and not options.stop:
                stay(host)
        except (HostError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            host.stop()
    print("==> the host has stopped" + ("" if good else "; not everything was as expected"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
