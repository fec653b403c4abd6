"""A host on Redis: what it answers is cached there, and with Redis away it answers as before, and rightly.

    host_test.py
"""

import decimal
import os
import sys

os.environ["ATR_TEST_CACHE"] = "redis"
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "money"))

from money_site import invoice_text, money_site, submit  # noqa: E402

from backends import redis  # noqa: E402
from host import PASSWORD, wait_until  # noqa: E402


def require(condition, what):
    if not condition:
        raise AssertionError(what)


class Treasury:
    """A host and what its dashboard must say."""

    def __init__(self, host):
        self.host = host
        answer = host.client().post("/token", {"username": "boss", "password": PASSWORD})
        require(answer.status == 200, f"login: {answer}")
        self.client = host.client(answer.json()["access_token"])
        self.balance = self.shown()
        self.paid = 0

    def dashboard(self):
        answer = self.client.get("/api/dashboard")
        require(answer.status == 200, f"dashboard: {answer}")
        return answer.json()

    def shown(self):
        return decimal.Decimal(str(self.dashboard()["treasury_balance"]))

    def pay(self):
        self.paid += 1
        answer = submit(self.client, invoice_text(f"R-{self.paid:05}", "12.50"), "wait=10")
        require(answer.status == 200, f"payment {self.paid}: {answer}")
        self.balance -= decimal.Decimal("12.50")
        require(self.shown() == self.balance, f"after payment {self.paid} the dashboard shows {self.shown()}, "
                                              f"not {self.balance}")


def main():
    server = redis().servers["redis"]
    with money_site("redis") as site:
        host = site.start()
        treasury = Treasury(host)
        for _ in range(3):
            treasury.pay()
        wait_until(lambda: treasury.shown() and "treasury:" in server.cli("KEYS", "at:*"), 60, "an answer is cached in Redis")
        server.kill()
        for _ in range(5):
            treasury.pay()
            require(host.client().post("/token", {"username": "boss", "password": PASSWORD}).status == 200,
                    "nobody can log in while Redis is away")
        server.start()

        def is_used_again():
            treasury.pay()  # until then the host has its answer at hand, and asks nobody
            return "treasury:" in server.cli("KEYS", "at:*")

        wait_until(is_used_again, 60, "Redis is used again")
        server.pause()
        for _ in range(3):
            treasury.pay()
        server.go_on()
        treasury.pay()
        host.stop()
    print(f"host on Redis: {treasury.paid} payments, each shown at once, with Redis there, killed, back and hung")
    return 0


if __name__ == "__main__":
    sys.exit(main())
