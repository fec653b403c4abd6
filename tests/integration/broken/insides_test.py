#!/usr/bin/env python3
"""What fails inside a host stays inside: a parser that throws and refuses in an operator's words, a rail that answers
nonsense, a rail and a storage whose tables vanish while the host runs. Every operation is called, and no answer, its fields included, holds an exception's
text, a path, a symbol, an address, SQL or a secret. The host goes on, and what is not broken works."""

import contextlib
import os
import re
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("../../support", "../money", "../api"):
    sys.path.insert(0, os.path.join(HERE, folder))
from api_client import ConnectionLost  # noqa: E402
from contract import Contract  # noqa: E402
from host import BUILD, PASSWORD, SOURCE, wait_until  # noqa: E402
from invoices import WALLET  # noqa: E402
from money_site import invoice_text, money_site, submit  # noqa: E402
from walker import NOBODY, encoded  # noqa: E402

INSIDES = re.compile(r"std::|what\(\)|terminate|boom|exception|_ZN\w|\.cpp|\.hpp|\.so\b(?!\")|0x[0-9a-f]{6}|hunter2|stack|"
                     r"no such table|SELECT |INSERT |UPDATE |FROM |SQLITE_|sqlite3|SQL |/etc/|/tmp/|/work/|\.db\b", re.A)
OUTCOMES = {"conflict": 2, "rejected": 3, "retry": 4, "unknown": 5, "unsupported": 6, "none": 9}
CODES = {"unspecified": 0, "config": 1, "auth": 2, "permission": 3, "unreachable": 4, "timeout": 5, "overloaded": 7, "limit": 8, "corrupt": 10,
         "internal": 11, "another": 4711}


class Answers:
    """Looks through every answer."""

    def __init__(self, site):
        self.count, self.faults = 0, []
        self._secrets = [PASSWORD, site.folder, site.data, SOURCE, BUILD]
        for name in os.listdir(site.data):
            path = os.path.join(site.data, name)
            if os.path.isfile(path) and os.path.getsize(path) < 4096 and not name.endswith((".db", "-wal", "-shm")):
                with open(path, "rb") as file:
                    self._secrets.append(file.read().decode("latin-1").strip())

    def look(self, what, answer):
        self.count += 1
        text = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()) + "\n" + answer.body.decode("latin-1")
        text = text.replace(WALLET, "")
        found = [match.group() for match in INSIDES.finditer(text)]
        found += [f"a secret or path of {len(secret)} bytes" for secret in self._secrets if secret and secret in text]
        if found:
            self.faults.append(f"{what}: it tells {found}: {answer}")
        return answer


ENDS_THE_TOKEN = ("/logout", "/api/v1/password")


def every_operation(answers, host, token, methods=("GET", "POST", "PUT", "DELETE")):
    """Each operation with its examples, on a subject that nothing has. How many of them failed."""
    contract = Contract(host.client().get("/openapi.json").json())
    failed = 0
    for operation in contract.operations.values():
        if operation.method not in methods or operation.path in (*ENDS_THE_TOKEN, "/docs", "/openapi.json"):
            continue
        for media_type, value, _ in operation.examples():
            path = operation.path.replace("{id}", NOBODY) + ("?after=0" if operation.path == "/api/v1/events" else "")
            fields, body = dict(contract.required_headers(operation)), None
            if value is not None:
                fields["Content-Type"], body = encoded(media_type, value)
            answer = host.client(token).send(operation.method, path, body, fields)
            answers.look(f"{operation.method} {path}", answer)
            failed += answer.status >= 500
    return failed


def vanish(path):
    """Every table of a database gets another name, under the feet of whoever has it open."""
    with contextlib.closing(sqlite3.connect(path, timeout=20)) as book:
        names = [name for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        for name in names:
            book.execute(f'ALTER TABLE "{name}" RENAME TO "{name}_gone"')
        book.commit()
    return names


def require(condition, what):
    if not condition:
        raise AssertionError(what)


def hostile_parser():
    with money_site("insides-parser", intake__order="[wild, rules]",
                    plugins__parsers__wild__use=os.path.join(BUILD, "test_plugins", "hostile_parser.so"),
                    plugins__parsers__wild__breaker__failures=0) as site:
        host = site.start()
        answers, clerk, boss = Answers(site), host.client(site.token("clerk")), host.client(site.token("boss"))
        texts = ["throw", "throw int", "outcome 99", "outcome -1", "silent rejection", "bad error text", "broken fields",
                 "broken evidence"]
        texts += [f"refuse {outcome} {code}" for outcome in OUTCOMES.values() for code in CODES.values()]
        for text in texts:
            for media_type in ("text/plain", "application/pdf"):  # the other parser reads only the first
                answer = clerk.post("/api/v1/invoices", text.encode(), {"Content-Type": media_type})
                answers.look(f"{media_type} {text}", answer)
                require(answer.status >= 400, f"{text}: {answer}")
        paid = submit(clerk, invoice_text("IN-1", "12.50"), "wait=20")
        require(paid.status == 200, f"beside the broken parser, the other pays no more: {paid}")
        for path in ("/api/v1/plugins", "/health/ready", "/metrics", "/api/dashboard", "/api/dashboard/logs", "/api/v1/audit"):
            answers.look(path, boss.get(path))
        require("SELECT secret" in host.log_text(), "the log does not say what the parser said")
        host.stop()
        return answers


def hostile_rail():
    with money_site("insides-wild", payments__submit_timeout_ms=500) as site:
        site.settings.update({"plugins.rails.wild.use": os.path.join(BUILD, "test_plugins", "hostile_rail.so"), "treasury.rail": "bank"})
        site.add_vendors([{"name": "Wild Goods", "accounts": [{"rail": "wild", "asset": "MNEE", "address": WALLET}]}])
        host = site.start()
        answers, clerk, boss = Answers(site), host.client(site.token("clerk")), host.client(site.token("boss"))
        asked = answers.look("an invoice for a wild rail", submit(clerk, invoice_text("WI-1", "7.50", vendor="Wild Goods")))
        require(asked.status == 202, f"a rail that tells no balance: {asked}")
        for approval in boss.items("/api/v1/approvals?status=pending"):
            answers.look("an approval", boss.post(f"/api/v1/approvals/{approval['id']}/approve",
                                                  {"payload_hash": approval["payload_hash"], "reason": "looked at it"}))
        every_operation(answers, host, site.token("boss"), methods=("GET",))
        for path in ("/api/v1/invoices", "/api/v1/payments", "/api/v1/approvals"):
            for item in boss.items(path):
                answers.look(path, boss.get(f"{path}/{item['id']}"))
        paid = submit(clerk, invoice_text("IN-1", "12.50"), "wait=20")
        require(paid.status == 200, f"beside the wild rail, the other pays no more: {paid}")
        host.stop()
        return answers


def broken_rail():
    with money_site("insides-rail") as site:
        host = site.start()
        answers, clerk, boss = Answers(site), host.client(site.token("clerk")), host.client(site.token("boss"))
        require(submit(clerk, invoice_text("IN-1", "12.50"), "wait=20").status == 200, "a sound rail pays")
        require(vanish(os.path.join(site.data, "bank.db")), "the rail has no tables")
        for number in range(2, 5):
            answers.look("an invoice on a broken rail", submit(clerk, invoice_text(f"IN-{number}", f"{number}.50")))
        every_operation(answers, host, site.token("boss"), methods=("GET",))
        for path in ("/api/v1/invoices", "/api/v1/payments", "/api/v1/approvals", "/api/v1/unknowns"):
            for item in boss.items(path):
                answers.look(path, boss.get(f"{path}/{item['id']}"))
        require(host.client().get("/health").status == 200, "the host is gone")
        host.stop()
        return answers


def broken_storage():
    with money_site("insides-storage", commit__retry_for_ms=200, commit__resolve_for_ms=200) as site:
        token = site.token("boss")
        host = site.start()
        answers = Answers(site)
        require(submit(host.client(token), invoice_text("IN-1", "12.50"), "wait=20").status == 200, "a sound storage pays")
        require(vanish(os.path.join(site.data, "treasurer.db")), "the storage has no tables")
        failed = every_operation(answers, host, token)
        require(failed > 20, f"only {failed} operations noticed that storage is gone")
        require(host.client().get("/health").status == 200, "the host is gone")
        host.kill()
        return answers


def main():
    told = {"a hostile parser": hostile_parser(), "a hostile rail": hostile_rail(), "a rail without tables": broken_rail(),
             "a storage without tables": broken_storage()}
    faults = [f"{what}: {fault}" for what, answers in told.items() for fault in answers.faults]
    for fault in faults:
        print(fault[:700])
    print("insides: " + ", ".join(f"{answers.count} answers of {what}" for what, answers in told.items()) +
          f"; {len(faults)} told of the insides")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
