#!/usr/bin/env python3
"""Submits invoices, waits for them to be paid, and shows what the books say. Python's standard library alone.

    TREASURER_PASSWORD=... treasurer_client.py --url http://127.0.0.1:8080 --user NAME INVOICE.txt...

Running it again is safe: the Idempotency-Key is made of the document, so the same document is the same request, and is
answered as it was the first time; one that somebody else has submitted is told to be that. Exit code 0: every invoice was
paid, waits for a person or was there before; 1: one was refused; 2: it could not be tried, and one line says why.
"""
import argparse
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

FINAL = {"settled", "failed", "cancelled", "returned"}


class Refused(Exception):
    """A problem document (RFC 9457). `code` is for programs, `detail` for people."""

    def __init__(self, problem):
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.code = problem["code"]
        self.problem = problem


def problem_of(error):
    """The problem document of an HTTPError. A proxy in front of the host answers in words of its own."""
    if error.headers.get_content_type() == "application/problem+json":
        return json.load(error)
    return {"code": f"http_{error.code}", "detail": f"{error.reason}, and not from the host itself"}


class Treasurer:
    """One signed-in user. Errors: Refused, and OSError when the host cannot be reached."""

    def __init__(self, url, user, password):
        self._url = url
        self._token = ""
        form = urllib.parse.urlencode({"username": user, "password": password}).encode()
        answer, _ = self._send("POST", "/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        self._token = answer["access_token"]

    def _send(self, method, path, body=None, headers=None):
        """(the answer's JSON, its headers). What overload or an unknown outcome refuses is sent again when it says."""
        fields = dict(headers or {})
        if self._token:
            fields["Authorization"] = "Bearer " + self._token
        for left in reversed(range(5)):
            request = urllib.request.Request(self._url + path, body, fields, method=method)
            try:
                with urllib.request.urlopen(request, timeout=90) as answer:
                    return json.load(answer), answer.headers
            except urllib.error.HTTPError as error:
                problem = problem_of(error)
                if error.code not in (429, 503) or left == 0:
                    raise Refused(problem) from None
                time.sleep(int(error.headers.get("Retry-After", "1")))
        raise AssertionError("not reached")

    def get(self, path, **query):
        return self._send("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))[0]

    def submit(self, text):
        """What became of an invoice, within ten seconds; and whether it had been submitted before."""
        key = "invoice-" + hashlib.sha256(text.encode()).hexdigest()
        answer, headers = self._send("POST", "/api/process-invoice", json.dumps({"raw_text": text}).encode(),
                                     {"Content-Type": "application/json", "Idempotency-Key": key, "Prefer": "wait=10"})
        return answer, headers.get("Idempotency-Replayed") == "true"

    def ended(self, payment_id, within=60):
        """The payment once it has ended, or waits for a person."""
        deadline = time.monotonic() + within
        while True:
            payment = self.get(f"/api/v1/payments/{payment_id}")
            if payment["state"] in FINAL or payment["state"] == "waiting_approval" or payment["needs_person"]:
                return payment
            if time.monotonic() > deadline:
                raise TimeoutError(f"payment {payment_id} is still {payment['state']}")
            time.sleep(0.5)

    def items(self, path, **query):
        """All items of a list, page by page."""
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if not page["next_cursor"]:
                return
            query["cursor"] = page["next_cursor"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--user", required=True)
    parser.add_argument("files", nargs="+", metavar="INVOICE")
    words = parser.parse_args()
    if "TREASURER_PASSWORD" not in os.environ:
        parser.error("set TREASURER_PASSWORD")
    try:
        return work(Treasurer(words.url, words.user, os.environ["TREASURER_PASSWORD"]), words.files)
    except (Refused, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def work(treasurer, files):
    refused = 0
    for file in files:
        with open(file, encoding="utf-8") as document:
            text = document.read()
        try:
            answer, is_old = treasurer.submit(text)
        except Refused as error:
            if error.code == "duplicate_invoice":
                print(f"{file}: submitted before by another request, as invoice {error.problem['invoice_id']}; "
                      "nothing is paid twice")
                continue
            refused += 1
            print(f"{file}: {error}")
            continue
        payment = treasurer.ended(answer["payment_id"])
        print(f"{file}: {payment['state']}, {payment['amount']['amount']} {payment['amount']['asset']} to "
              f"{payment['creditor']['name']}{' (submitted before)' if is_old else ''}")
    print("\ninvoices")
    for invoice in treasurer.items("/api/v1/invoices", limit=50):
        print(f"  {invoice['status']:17} {invoice['amount_due']['amount']:>10} {invoice['amount_due']['asset']}  "
              f"{invoice['vendor'] or 'unknown vendor'}")
    board = treasurer.get("/api/dashboard")
    print(f"\nbalance {board['treasury_balance']} {board['currency']}, runway {board['runway_months']} months, "
          f"{board['waiting_approvals']} waiting for a person")
    for alert in board["alerts"]:
        print(f"  {alert['level']}: {alert['message']}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
