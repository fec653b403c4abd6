#!/usr/bin/env python3
"""A bank of one page, over HTTP on loopback, for rails under test: an account for each first word of a path, with an
opening balance, payments under the payer's own key, and a statement.

    POST /ACCOUNT/payments {["key",] "id", "amount", "payee"}   -> 200 | 402 (not enough) {"id", "amount", "payee", "state"}
    GET  /ACCOUNT/payments/ID                                 -> 200 | 404
    GET  /ACCOUNT/balance                                     -> {"amount", "position"}
    GET  /ACCOUNT/statement?from=N&limit=M                    -> {"lines": [{"number", "id", "amount"}, ...]}

A key is used once (without one, every request is another payment): a repeat is told what became of the first, and another payment under it is 409.
"""
import json
import threading
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OPENING = Decimal("100000")


class Account:
    def __init__(self):
        self.by_key, self.by_id, self.lines, self.held = {}, {}, [], OPENING

    def pay(self, order):
        """(status, body)"""
        facts = {name: order[name] for name in ("id", "amount", "payee")}
        key = order.get("key")
        if key in self.by_key:
            status, first = self.by_key[key]
            same = all(first[name] == facts[name] for name in facts)
            return (status, first) if same else (409, {"error": "the key was used for another payment"})
        covered = Decimal(order["amount"]) <= self.held
        out = (200 if covered else 402, {**facts, "state": "paid" if covered else "refused"})
        self.by_id[order["id"]] = out
        if key:
            self.by_key[key] = out
        if covered:
            self.held -= Decimal(order["amount"])
            self.lines.append({"number": len(self.lines) + 1, "id": order["id"], "amount": order["amount"]})
        return out


class Bank(ThreadingHTTPServer):
    """Serves from `with Bank() as bank` on; bank.url is where."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.accounts, self.lock = {}, threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_):
        """A payer that is killed leaves its connection; that is no news."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def account(self):
        """(account, the words after it); call with the lock held."""
        name, *words = urlsplit(self.path).path.strip("/").split("/")
        return self.server.accounts.setdefault(name, Account()), words

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            account, words = self.account()
            out = account.pay(order) if words == ["payments"] else (404, {})
        self.answer(*out)

    def do_GET(self):
        with self.server.lock:
            account, words = self.account()
            out = self.read(account, words)
        self.answer(*out)

    def read(self, account, words):
        if words == ["balance"]:
            return 200, {"amount": str(account.held), "position": len(account.lines)}
        if words == ["statement"]:
            wanted = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()}
            first = wanted["from"]
            return 200, {"lines": account.lines[first:first + wanted["limit"]], "end": len(account.lines)}
        if len(words) == 2 and words[0] == "payments" and words[1] in account.by_id:
            return 200, account.by_id[words[1]][1]
        return 404, {}
