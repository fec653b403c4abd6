#!/usr/bin/env python3
"""What a host does when ten times what it can do is asked of it: admitted requests stay quick, health quicker, the others
are refused at once, memory stays flat, and every invoice that was taken is paid once.

Capacity is measured first, by as many clients as keep the host busy. Then open_loop offers ten times that, whatever becomes
of it: invoices, with as many dashboards beside them as invoices can be paid, then dashboards alone; health is asked 100
times a second on connections of its own. Generator and host share the machine, and a dashboard costs the host only a few
times what its refusal costs, so ten times as many cannot be read there: less is offered next, down to a little too much.

Ends with 1 when a payment was lost or made twice, or an answer was wrong; never because of a time.

    overload.py [--seconds S] [--seed N] [--times T]
"""

import argparse
import json
import os
import subprocess
import sys
import threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(ROOT, "bench"), os.path.join(ROOT, "support"), os.path.join(ROOT, "integration", "money")]

from books import Books, check_ledger, check_rail, wait_settled  # noqa: E402
from host import BUILD, Site  # noqa: E402
from money_site import invoice_text, prepare  # noqa: E402
from results import Results  # noqa: E402

SETTINGS = {
    "server.real_time": "false",
    "server.max_connections": 16384,
    "server.max_connections_per_address": 16384,
    "policy.auto_approval_limit": "1000000",
    "policy.critical_runway_months": "0",
    "plugins.rails.bank.config.opening_balance": "1000000000",
}
NUMBER = "##########"  # open_loop puts each request's own there
HEALTH_BESIDE_DASHBOARD = 1 / 20
READ_IN_TIME = 1.0  # seconds after the last was offered, until the last was answered


def request(method, path, token="", body=""):
    lines = [f"{method} {path} HTTP/1.1", "Host: treasurer", f"Authorization: Bearer {token}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines) + "\r\n\r\n" + body


class Requests:
    """The requests of all streams, as files for open_loop."""

    def __init__(self, site):
        self.folder = site.folder
        invoice = json.dumps({"raw_text": invoice_text("O-" + NUMBER, "1.00")})
        self._write("invoice", request("POST", "/api/process-invoice", site.token("clerk"), invoice))
        self._write("dashboard", request("GET", "/api/dashboard", site.token("boss")))
        self._write("health", request("GET", "/health"))

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="ascii", newline="") as file:
            file.write(text)

    def path(self, name):
        return os.path.join(self.folder, name + ".request")


EXPECTED = {"invoice": '"status":"APPROVED"', "dashboard": '"status":"Online"', "health": '"status":"healthy"'}


class Generator:
    def __init__(self, host, requests, seed):
        self._port = host.url.rsplit(":", 1)[1]
        self._requests, self._seed, self._first = requests, seed, 0

    def stream(self, kind, rate, connections):
        out = f"name={kind},rate={rate},connections={connections},request={self._requests.path(kind)},expect={EXPECTED[kind]}"
        if kind == "invoice":
            out += f",first={self._first},answers={self.answers_path()}"
        return out

    def answers_path(self):
        return os.path.join(self._requests.folder, f"answers.{self._first}")

    def run(self, seconds, *streams):
        """Figures of each stream by its name, and the status of each invoice by its number."""
        done = subprocess.run([os.path.join(BUILD, "bench", "open_loop"), self._port, str(seconds), str(self._seed), *streams],
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or not done.stdout:
            raise AssertionError(f"open_loop ended with {done.returncode}: {done.stderr}")
        figures = {one["stream"]: one for one in map(json.loads, done.stdout.splitlines())}
        statuses = {}
        if "invoice" in figures:
            with open(self.answers_path(), encoding="ascii") as file:
                statuses = {int(number): int(status) for number, status in map(str.split, file)}
            self._first += figures["invoice"]["offered"]
        for name, one in figures.items():
            if one["wrong"]:
                raise AssertionError(f"{one['wrong']} wrong answers of {name}, the first of status {one['first_wrong']}")
        return figures, statuses


class Footprint:
    """What the host's process takes, looked at four times a second."""

    def __init__(self, pid):
        self.pid, self.most_mib = pid, 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def resident_mib(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def __enter__(self):
        self.before_mib, self.before_descriptors = self.resident_mib(), self.descriptors()
        self._thread.start()
        return self

    def _watch(self):
        while not self._end.wait(0.25):
            self.most_mib = max(self.most_mib, self.resident_mib())

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        self.after_mib, self.after_descriptors = self.resident_mib(), self.descriptors()

    def __str__(self):
        return (f"resident MiB {self.before_mib:.0f} before, {self.most_mib:.0f} at most, {self.after_mib:.0f} after; "
                f"descriptors {self.before_descriptors} before, {self.after_descriptors} after")


def ms(figures, quantile="p99_us"):
    return figures[quantile] / 1000


def per_second(figures, seconds):
    return figures["admitted"]["count"] / max(seconds, figures["took_s"])


def tell(figures, seconds):
    for name, one in figures.items():
        statuses = ", ".join(f"{count} x {status}" for status, count in sorted(one["by_status"].items()))
        print(f"    {name:9} offered {one['offered'] / seconds:8.0f}/s   {statuses or 'no answer'}; never answered "
              f"{one['unanswered']}; the last answer after {one['took_s']:.1f} s")
        for which in ("admitted", "refused", "late"):
            of = one[which]
            if of["count"]:
                what = "the generator was late" if which == "late" else which
                print(f"              {what:22} p50 {ms(of, 'p50_us'):8.2f}  p99 {ms(of):8.2f}  p99.9 "
                      f"{ms(of, 'p999_us'):8.2f}  max {ms(of, 'max_us'):8.2f} ms")


def tell_health(figures, name, results):
    health, dashboard = ms(figures["health"]["admitted"]), ms(figures["dashboard"]["admitted"])
    if dashboard == 0:
        print("    no dashboard was admitted")
        return
    kept = health / dashboard <= HEALTH_BESIDE_DASHBOARD
    results.figure(f"overload.{name}.health_p99", "ms", [health])
    results.figure(f"overload.{name}.health_beside_dashboard", "times", [health / dashboard])
    print(f"    figure: health p99 {health:.2f} ms beside dashboard p99 {dashboard:.2f} ms: {health / dashboard:.4f} "
          f"(at most {HEALTH_BESIDE_DASHBOARD:g}: {'kept' if kept else 'NOT KEPT'})")


def capacity(generator, kind, connections, seconds, statuses):
    figures, invoices = generator.run(seconds, generator.stream(kind, 0, connections))
    statuses.update(invoices)
    good = per_second(figures[kind], seconds)
    print(f"  capacity for {kind}s, by {connections} clients: {good:.0f}/s, p99 {ms(figures[kind]['admitted']):.1f} ms")
    return good


def offer(generator, host, seconds, what, name, results, statuses, *streams):
    print(f"  {what}", flush=True)
    with Footprint(host.process.pid) as footprint:
        figures, invoices = generator.run(seconds, *streams)
    statuses.update(invoices)
    tell(figures, seconds)
    tell_health(figures, name, results)
    print(f"    {footprint}")
    results.figure(f"overload.{name}.resident_at_most", "MiB", [footprint.most_mib])
    return figures


def check_payments(site, host, statuses):
    """Every invoice that was called paid is, once; and the books equal the rail."""
    books = Books(site)
    wait_settled(books)
    moved = check_rail(books)
    check_ledger(site, books, host.client(site.token("boss"), 60))
    known = {}
    for invoice in books.invoices().values():
        number = int(invoice["invoice_number"][2:])
        if number in known:
            raise AssertionError(f"invoice {number} is there twice")
        known[number] = invoice["status"]
    for number, status in statuses.items():
        if status == 200 and known.get(number) != "paid":
            raise AssertionError(f"invoice {number} was called paid and is {known.get(number, 'not there')}")
        if status == 202 and number not in known:
            raise AssertionError(f"invoice {number} was accepted and is not there")
    begun = sum(1 for number, status in statuses.items() if status == 503 and number in known)
    said = sum(1 for status in statuses.values() if status == 200)
    print(f"  {said} invoices were called paid, {moved} moved once and are booked, the books equal the rail; "
          f"{begun} of those refused had been begun")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--times", type=float, default=10)
    options.add_argument("--set", action="append", default=[], help="a setting of the host, KEY=VALUE")
    given = options.parse_args()
    settings = {**SETTINGS, **dict(one.split("=", 1) for one in given.set)}
    with Site("overload", settings) as site:
        prepare(site)
        host = site.start()
        generator = Generator(host, Requests(site), given.seed)
        statuses, results = {}, Results("overload")
        print(f"overload: {given.times:g} times capacity for {given.seconds:g} s, seed {given.seed}", flush=True)
        capacity(generator, "invoice", 64, 2, statuses)  # warms up
        invoices = capacity(generator, "invoice", 64, given.seconds / 2, statuses)
        dashboards = capacity(generator, "dashboard", 64, given.seconds / 2, statuses)
        health = generator.stream("health", 100, 4)
        figures = offer(generator, host, given.seconds, f"invoices {given.times:g} times, dashboards beside them",
                        "invoices", results, statuses,
                        generator.stream("invoice", given.times * invoices, 1024),
                        generator.stream("dashboard", invoices, 1024), health)
        good = per_second(figures["invoice"], given.seconds)
        print(f"    {good:.0f} invoices/s were paid, {good / invoices:.2f} of capacity")
        results.figure("overload.invoices.of_capacity", "times", [good / invoices])
        results.figure("overload.invoices.p99", "ms", [ms(figures["invoice"]["admitted"])])
        for times in (given.times, given.times / 4, 1.25):
            figures = offer(generator, host, given.seconds, f"dashboards {times:g} times", f"dashboards_{times:g}",
                            results, statuses,
                            generator.stream("dashboard", times * dashboards, 4096), health)
            good = per_second(figures["dashboard"], given.seconds)
            print(f"    {good:.0f} dashboards/s were answered, {good / dashboards:.2f} of capacity")
            results.figure(f"overload.dashboards_{times:g}.of_capacity", "times", [good / dashboards])
            if figures["dashboard"]["took_s"] > given.seconds + READ_IN_TIME:
                print("    not all of it could be read in time")
        check_payments(site, host, statuses)
        host.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
