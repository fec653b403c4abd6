"""Two hosts on one PostgreSQL and one Redis, with writers and readers on both, while Redis is there, hangs, is killed and
comes back. No request fails. Whoever writes reads it at once on the host it wrote to; whoever reads one host never sees
the balance, the newest lines of the log or the limits go backwards; and in the end both hosts say what the store says.

    two_hosts_test.py
"""

import decimal
import os
import sys
import threading
import time

os.environ["ATR_TEST_STORAGE"] = "postgres"
os.environ["ATR_TEST_CACHE"] = "redis"
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "money"))

from money_site import invoice_text, money_site, submit  # noqa: E402

from backends import redis, store_of  # noqa: E402
from host import wait_until  # noqa: E402

WRITERS, READERS, PAYMENTS = 2, 2, 4  # of one host, and of one writer in each of the phases
OPENING, AMOUNT = decimal.Decimal("10000000"), decimal.Decimal("12.50")


def require(condition, what):
    if not condition:
        raise AssertionError(what)


class View:
    """What one client sees of one host, one request after another."""

    def __init__(self, host, token, name):
        self.client = host.client(token)
        self.name = name
        self.balance = None
        self.lines = []
        self.limit = decimal.Decimal(0)
        self.tags = {}
        self.took = []

    def get(self, path):
        """The body, or the one that was given before where the host says that it is still so."""
        tag, before = self.tags.get(path, ("", None))
        began = time.monotonic()
        answer = self.client.get(path, **({"If-None-Match": tag} if tag else {}))
        self.took.append(time.monotonic() - began)
        if answer.status == 304:
            return before
        require(answer.status == 200, f"{self.name}: GET {path}: {answer}")
        self.tags[path] = (answer.headers["ETag"], answer.json())
        return self.tags[path][1]

    def see_balance(self):
        now = decimal.Decimal(str(self.get("/api/dashboard")["treasury_balance"]))
        require(self.balance is None or now <= self.balance,
                f"{self.name}: the balance went from {self.balance} back to {now}, and nobody paid in")
        self.balance = now
        return now

    def see_lines(self):
        """Payments alone are made: of what was seen nothing goes but what 50 newer lines push out."""
        now = self.get("/api/dashboard/logs")
        known = {line["id"] for line in now}
        oldest = now[-1]["timestamp"] if len(now) == 50 else float("-inf")
        gone = [line for line in self.lines if line["id"] not in known and line["timestamp"] > oldest]
        require(not gone, f"{self.name}: lines of the log are gone again: {gone[:2]}")
        self.lines = now
        return now

    def see_limit(self):
        now = decimal.Decimal(str(self.get("/api/settings/limit")["limit"]))
        require(now >= self.limit, f"{self.name}: the limit went from {self.limit} back to {now}")
        self.limit = now
        return now


class Work:
    """Writers and readers on all hosts until the writers are done. The first failure ends it."""

    def __init__(self, site, hosts):
        self.site, self.hosts = site, hosts
        self.token = site.token("boss")
        self.failures = []
        self.phase = 0
        self.limit_lock, self.limit = threading.Lock(), 1_000_000
        self.done = threading.Event()
        self.paid = threading.Barrier(len(hosts) * WRITERS)
        self.readers = [View(host, self.token, f"reader {n} of host {number}")
                        for number, host in enumerate(hosts) for n in range(READERS)]
        self.writers = [(View(host, self.token, f"writer {n} of host {number}"), f"{number}{n}")
                        for number, host in enumerate(hosts) for n in range(WRITERS)]

    def guarded(self, work, *given):
        try:
            work(*given)
        except Exception as error:  # told by run()
            self.failures.append(error)
            self.done.set()
            self.paid.abort()

    def read(self, view):
        while not self.done.is_set():
            view.see_balance()
            view.see_lines()
            view.see_limit()

    def pay(self, view, number):
        before = view.see_balance()
        answer = submit(view.client, invoice_text(f"T-{number}", str(AMOUNT)), "wait=20")
        require(answer.status == 200, f"{view.name}: a payment: {answer}")
        after = view.see_balance()
        require(after <= before - AMOUNT, f"{view.name}: {before} before its payment, {after} after it")
        invoice = answer.json()["invoice_id"]
        lines = view.see_lines()
        require(len(lines) == 50 or any(line["invoice_id"] == invoice for line in lines),
                f"{view.name}: its payment is not in the log")

    def raise_limit(self, view):
        with self.limit_lock:
            self.limit += 1
            wanted = self.limit
            answer = view.client.post("/api/settings/limit", {"new_limit": wanted})
            require(answer.status == 200, f"{view.name}: the limit: {answer}")
        require(view.see_limit() >= wanted, f"{view.name}: its limit {wanted} is not there, but {view.limit}")

    def write(self, view, name):
        """Payments, and when all are made, limits: a policy that never stands still would let nothing be decided."""
        for n in range(PAYMENTS):
            if self.done.is_set():
                return
            self.pay(view, f"{self.phase}{name}{n:02}")
        self.paid.wait(300)
        for _ in range(PAYMENTS):
            self.raise_limit(view)

    def run(self, what):
        self.phase += 1
        self.done.clear()
        for view in self.readers:
            view.took.clear()
        readers = [threading.Thread(target=self.guarded, args=(self.read, view)) for view in self.readers]
        writers = [threading.Thread(target=self.guarded, args=(self.write, *writer)) for writer in self.writers]
        for thread in readers + writers:
            thread.start()
        for thread in writers:
            thread.join()
        self.done.set()
        for thread in readers:
            thread.join()
        if self.failures:
            raise self.failures[0]
        took = sorted(second * 1000 for view in self.readers for second in view.took)
        print(f"  {what}: {len(self.writers) * PAYMENTS} payments; {len(took)} reads, "
              f"p50 {took[len(took) // 2]:.1f} ms, p99 {took[len(took) * 99 // 100]:.1f} ms", flush=True)


def main():
    server = redis().servers["redis"]
    with money_site("two-readers") as site:
        work = Work(site, [site.start(), site.start()])
        work.run("Redis is there")
        for key in ("treasury:balance", "treasury:waiting", "treasury:daily_logs", "treasury:settings", "policy:limits"):
            def is_cached(key=key):  # some live for seconds, and what Redis takes too long for is left out
                view = work.readers[0]
                view.see_balance(), view.see_lines(), view.see_limit()
                return key in server.cli("KEYS", "at:*")

            wait_until(is_cached, 60, f"{key} is in Redis")
        server.pause()
        work.run("Redis hangs")
        server.go_on()
        work.run("Redis goes on")
        server.kill()
        work.run("Redis is gone")
        server.start()
        work.run("Redis is back")
        paid = work.phase * len(work.writers) * PAYMENTS
        limit = str(work.limit)
        for view in work.readers:
            wait_until(lambda view=view: view.see_balance() == OPENING - paid * AMOUNT, 20,
                       f"{view.name} sees that {paid} invoices were paid")
            wait_until(lambda view=view: view.see_limit() == work.limit, 20, f"{view.name} sees the last limit")
        require(len([p for p in store_of(site).records("payments") if p["state"] == "settled"]) == paid,
                "the store holds another number of payments")
        require(store_of(site).records("policy")[0]["auto_approval_limit"] == limit, "the store holds another limit")
        for host in work.hosts:
            host.stop()
    print(f"two hosts on PostgreSQL and Redis: {paid} payments, each read at once where it was made")
    return 0


if __name__ == "__main__":
    sys.exit(main())
