#!/usr/bin/env python3
"""Requests that are wrong in every way we know: each is answered with a precise status and problem code, says nothing
of our insides, and leaves the host serving and its books equal."""

import base64
import json
import socket
import sys
import urllib.parse

from money_site import invoice_text, money_site, submit, told

from api_client import Answer
from books import Books, check_all

# Words that only an exception's text, a source path or a stack trace would bring.
INSIDES = ("exception", "std::", "terminate", "nlohmann", ".cpp", "sqlite", "0x0", "stack", "what():")
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


class Checks:
    """Counts what was tried, and keeps what was answered wrongly."""

    def __init__(self):
        self.tried = 0
        self.wrong = []

    def problem(self, what, answer, status, code):
        self.tried += 1
        found = self._fault(answer, status, code)
        if found:
            self.wrong.append(f"{what}: {found}; answered {answer!r}")
            print(f"  WRONG {self.wrong[-1]}", flush=True)

    @staticmethod
    def _fault(answer, status, code):
        if answer is None:
            return "no answer"
        if answer.status != status or answer.code() != code:
            return f"expected {status} {code}"
        document = answer.json()
        if not PROBLEM_MEMBERS <= set(document) or document["status"] != status:
            return "not a whole problem document"
        if answer.headers.get("X-Request-ID") != document["request_id"]:
            return "X-Request-ID differs from request_id"
        text = answer.body.decode().lower()
        told_too_much = [word for word in INSIDES if word in text]
        return f"it tells {told_too_much}" if told_too_much else ""


def raw_exchange(url, data, half_close=True):
    """Sends bytes as they are and reads the answer to the end of the connection. None: there was none."""
    parts = urllib.parse.urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(data)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionResetError:
                break
            if not part:
                break
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/"):
        return None
    return Answer(int(lines[0].split()[1]), _Fields(line.partition(": ")[::2] for line in lines[1:]), body)


class _Fields(dict):
    """Header fields, whatever the case of their names."""

    def __init__(self, pairs):
        super().__init__((name.lower(), value) for name, value in pairs)

    def get(self, name, default=None):
        return super().get(name.lower(), default)


def post_head(path, token, length, extra=""):
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n{extra}\r\n").encode()


def texts(checks, client):
    """What stands in raw_text."""
    path = "/api/process-invoice"
    json_body = {"Content-Type": "application/json"}
    checks.problem("empty", client.post(path, {"raw_text": ""}), 422, "validation_failed")
    checks.problem("missing", client.post(path, {}), 422, "validation_failed")
    checks.problem("null", client.post(path, {"raw_text": None}), 422, "validation_failed")
    checks.problem("a number", client.post(path, {"raw_text": 17}), 422, "validation_failed")
    checks.problem("blank", submit(client, " \n\t \n"), 422, "unreadable_document")
    checks.problem("no invoice", submit(client, "Dear Sir or Madam,\nthe weather is fine.\n"), 422, "unreadable_document")
    checks.problem("control characters", submit(client, "\x01\x02\x00\x03" * 50), 422, "unreadable_document")
    checks.problem("over 100 kB", submit(client, "x" * 102401), 413, "body_too_large")
    checks.problem("over 100 kB, escaped", client.post(path, ('{"raw_text":"' + "\\u0041" * 102401 + '"}').encode(),
                                                       json_body), 413, "body_too_large")
    checks.problem("far over", client.post(path, {"raw_text": "x" * 3_000_000}), 413, "body_too_large")
    checks.problem("invalid UTF-8", client.post(path, b'{"raw_text":"INVOICE \xff\xfe 12.50 MNEE"}', json_body), 400,
                   "invalid_json")
    checks.problem("overlong UTF-8", client.post(path, b'{"raw_text":"\xc0\xaf"}', json_body), 400, "invalid_json")
    checks.problem("half a surrogate", client.post(path, b'{"raw_text":"\\ud800"}', json_body), 400, "invalid_json")
    plain = {"Content-Type": "text/plain"}
    checks.problem("invalid UTF-8 as text/plain", client.post("/api/v1/invoices", b"INVOICE \xff\xfe", plain), 422,
                   "unreadable_document")
    checks.problem("over 100 kB as text/plain", client.post("/api/v1/invoices", b"x" * 102401, plain), 413,
                   "body_too_large")
    checks.problem("nothing as text/plain", client.post("/api/v1/invoices", b"", plain), 422, "unreadable_document")
    checks.problem("unknown media type", client.post("/api/v1/invoices", b"x", {"Content-Type": "application/x-y"}),
                   415, "unsupported_media_type")


def bodies(checks, client):
    """What is not the JSON object we ask for."""
    path = "/api/process-invoice"
    cases = {"not JSON": b"raw_text=hello", "cut in a string": b'{"raw_text":"INV', "an array": b'["raw_text"]',
             "nothing": b"", "two values": b"{}{}", "NaN": b'{"raw_text":"a","amount":NaN}',
             "Infinity": b'{"raw_text":"a","amount":Infinity}', "deep": b"[" * 100_000,
             "a name twice": b'{"raw_text":"a","raw_text":"b"}', "comments": b'{"raw_text":"a"/*x*/}'}
    for what, body in cases.items():
        answer = client.post(path, body, {"Content-Type": "application/json"})
        checks.problem(f"body: {what}", answer, 400, "invalid_json")
    checks.problem("body: another type", client.post(path, b"{}", {"Content-Type": "text/csv"}), 415,
                   "unsupported_media_type")


def amounts(checks, client):
    """Amounts that cannot be: read from the text, and given as a hint. Returns the invoices that were kept of them, of
    which none may be paid."""
    cases = {"negative": ("-12.50", 403, "policy_rejected"), "zero": ("0.00", 403, "policy_rejected"),
             "NaN": ("NaN", 422, "unreadable_document"), "a word": ("twelve", 422, "unreadable_document"),
             "10^40": ("1" + "0" * 40, 422, "unreadable_document"), "1e5": ("1e5", 422, "unreadable_document"),
             "20 decimals": ("12.50000000000000000001", 422, "unreadable_document")}
    never_paid = []
    for what, (amount, status, code) in cases.items():
        answer = submit(client, invoice_text(f"A-{what}", amount))
        checks.problem(f"amount {what}", answer, status, code)
        if status == 403:
            never_paid.append(answer.json().get("invoice_id"))
    held = submit(client, invoice_text("A-38-digits", "9" * 38))
    checks.tried += 1
    if held.status != 202 or "more digits" not in held.json().get("reason", ""):
        checks.wrong.append(f"amount 38 digits: {held}")
    else:
        never_paid.append(held.json()["invoice_id"])
    good = invoice_text("A-hint", "12.50")
    for what, hint, code in (("10^40", b"1e40", "validation_failed"), ("word", b'"NaN"', "validation_failed"),
                             ("array", b"[1]", "validation_failed"), ("39 digits", b"1" * 39, "validation_failed")):
        body = b'{"raw_text":' + json.dumps(good).encode() + b',"amount":' + hint + b"}"
        checks.problem(f"hint {what}", client.post("/api/process-invoice", body, {"Content-Type": "application/json"}),
                       422, code)
    return never_paid


def framing(checks, url, token):
    """What ends before it is whole, or is larger than we read."""
    head = post_head("/api/process-invoice", token, 1000)
    checks.problem("a body cut short", raw_exchange(url, head + b'{"raw_text":"INV'), 400, "incomplete_request")
    checks.problem("a head cut short", raw_exchange(url, b"POST /api/process-invoice HTTP/1.1\r\nHost: loc"), 400,
                   "incomplete_request")
    checks.problem("a body that stops coming", raw_exchange(url, head + b'{"raw', half_close=False), 408,
                   "request_timeout")
    checks.problem("a chunk cut short", raw_exchange(
        url, head.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked") + b"40\r\n{\"raw"), 400,
        "incomplete_request")
    checks.problem("large headers", raw_exchange(url, post_head("/api/process-invoice", token, 0,
                                                                f"X-Large: {'x' * 100_000}\r\n")), 431, "header_too_large")
    checks.problem("many headers", raw_exchange(url, post_head(
        "/api/process-invoice", token, 0, "".join(f"X-{n}: {n}\r\n" for n in range(20_000)))), 431, "header_too_large")
    checks.problem("a long target", raw_exchange(url, post_head("/api/" + "x" * 50_000, token, 0)), 414, "target_too_long")
    checks.problem("no length agrees", raw_exchange(url, post_head("/api/process-invoice", token, "12, 13")), 400,
                   "bad_content_length")
    checks.problem("a length of 10^12", raw_exchange(url, post_head("/api/process-invoice", token, 10**12)), 413,
                   "body_too_large")
    checks.problem("not HTTP", raw_exchange(url, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 8), 400,
                   "malformed_request_line")


def access(checks, host, site):
    """Who may not."""
    text = {"raw_text": invoice_text("W-00001", "12.50")}
    viewer = site.token("watcher")
    clerk = site.token("clerk")
    nobody = host.client()
    checks.problem("no token", nobody.post("/api/process-invoice", text), 401, "unauthenticated")
    checks.problem("no token for the books", nobody.get("/api/v1/ledger/trial-balance"), 401, "unauthenticated")
    changed = clerk[:-4] + ("AAAA" if clerk[-4:] != "AAAA" else "BBBB")
    for what, token in {"not a token": "hello", "a changed signature": changed, "empty parts": "..",
                        "no algorithm": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib3NzIn0.", "long": "x" * 5000}.items():
        checks.problem(f"token: {what}", host.client(token).post("/api/process-invoice", text), 401, "invalid_token")
    checks.problem("a viewer submits", host.client(viewer).post("/api/process-invoice", text), 403, "forbidden")
    checks.problem("a clerk reconciles", host.client(clerk).post("/api/v1/reconciliation"), 403, "forbidden")
    checks.problem("a clerk sets the limit", host.client(clerk).post("/api/settings/limit", {"new_limit": 1}), 403,
                   "forbidden")
    checks.problem("a wrong password", nobody.post("/token", {"username": "boss", "password": "guess"}), 401,
                   "wrong_credentials")
    checks.problem("an unknown user", nobody.post("/token", {"username": "nobody", "password": "guess"}), 401,
                   "wrong_credentials")
    checks.problem("an unknown path", host.client(clerk).get("/api/v2/everything"), 404, "not_found")
    checks.problem("a wrong method", host.client(clerk).send("DELETE", "/api/process-invoice"), 405,
                   "method_not_allowed")
    checks.problem("an unknown payment", host.client(clerk).get("/api/v1/payments/no-such"), 404, "not_found")
    checks.problem("a made-up cursor", host.client(clerk).get("/api/v1/payments?cursor=abc"), 400, "invalid_cursor")


def cursors(checks, client):
    """A cursor is good for the list that gave it, and for no other; the answer names no cursor's insides."""
    payments, invoices = (client.get(f"/api/v1/{name}?limit=1").json()["next_cursor"] for name in ("payments", "invoices"))
    if not payments or not invoices:
        raise AssertionError("lists without a second page prove nothing")
    raw = bytearray(base64.urlsafe_b64decode(payments + "=" * (-len(payments) % 4)))
    raw[-1] ^= 1
    flipped = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for what, path in {"of another list": f"/api/v1/payments?limit=1&cursor={invoices}",
                       "of the same list without its filter": f"/api/v1/payments?state=settled&cursor={payments}",
                       "cut short": f"/api/v1/payments?limit=1&cursor={payments[:-4]}",
                       "with more behind": f"/api/v1/payments?limit=1&cursor={payments}AAAA",
                       "with one bit turned": f"/api/v1/payments?limit=1&cursor={flipped}",
                       "of zeros": "/api/v1/payments?limit=1&cursor=" + "A" * 64,
                       "of no base64": "/api/v1/payments?limit=1&cursor=%27%3B--",
                       "of the logs": f"/api/dashboard/logs?limit=1&cursor={payments}"}.items():
        answer = client.get(path)
        checks.problem(f"a cursor {what}", answer, 400, "invalid_cursor")
    if client.get(f"/api/v1/payments?limit=1&cursor={payments}").status != 200:
        raise AssertionError("the true cursor is refused")


def resources(checks, clerk, boss):
    """Names and values that do not exist."""
    for what, path in {"a filter that is not": "/api/v1/invoices?stat=paid", "a filter of vendors": "/api/v1/vendors?name=a",
                       "an invoice status": "/api/v1/invoices?status=payed",
                       "a payment state": "/api/v1/payments?state=done",
                       "an approval status": "/api/v1/approvals?status=open", "a limit of 0": "/api/v1/payments?limit=0",
                       "two filters": "/api/v1/invoices?status=paid&vendor_id=x"}.items():
        checks.problem(f"list: {what}", clerk.get(path), 422, "validation_failed")
    checks.problem("a misspelt limit", boss.post("/api/settings/limits", {"auto_aproval_limit": 5}), 422,
                   "validation_failed")
    checks.problem("a negative limit", boss.post("/api/settings/limits", {"auto_approval_limit": -5}), 422,
                   "validation_failed")
    account = {"rail": "no-such-rail", "asset": "MNEE", "address": "0x1234567890abcdef1234567890abcdef12345678"}
    checks.problem("a vendor on an unknown rail", boss.post("/api/v1/vendors", {"name": "Elsewhere", "accounts": [account]}),
                   422, "validation_failed")


def main():
    checks = Checks()
    with money_site("bad-requests", server__body_timeout_ms=1000) as site:
        site.add_user("watcher", "viewer")
        host = site.start()
        token = site.token("clerk")
        client = host.client(token)
        texts(checks, client)
        bodies(checks, client)
        never_paid = amounts(checks, client)
        framing(checks, host.url, token)
        access(checks, host, site)
        resources(checks, client, host.client(site.token("boss")))
        good = submit(client, invoice_text("G-00001", "12.50"), "wait=20")
        if good.status != 200:
            raise AssertionError(f"the host no longer pays a good invoice: {good}")
        if host.client().get("/health/ready").status != 200:
            raise AssertionError("the host is not ready any more")
        second = submit(client, invoice_text("G-00002", "12.51"))
        cursors(checks, host.client(site.token("boss")))
        moved = check_all(site, host.client(site.token("boss")), dict([told(good), told(second)]))
        if moved != 2:
            raise AssertionError(f"{moved} payments moved, two were right")
        paid = [invoice for invoice in Books(site).invoices().values()
                if invoice["status"] == "paid" and invoice["id"] in never_paid]
        if paid:
            raise AssertionError(f"paid, though its amount cannot be: {paid}")
        host.stop()
        if checks.wrong:
            raise AssertionError(f"{len(checks.wrong)} of {checks.tried} answered wrongly")
    print(f"bad_requests: {checks.tried} wrong requests, each refused precisely; the host serves, the books are equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
