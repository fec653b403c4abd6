#!/usr/bin/env python3
"""What of a payment is PostgreSQL's own: the statements that storage_postgres sends, sent by pgbench instead.

A host pays invoices while the server logs every statement. The database is put back to where it stood before, and pgbench
sends the same transactions in the order in which they were committed, each in one round trip as storage_postgres does,
over one connection. So PostgreSQL does again exactly what it did for the host, and waits for nobody. With one client of
the host every payment has its commits for itself; with many they share them.

    own_statements.py [--rounds N] [--clients N...] [--seconds N]
"""

import argparse
import collections
import csv
import glob
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "integration", "money")]
os.environ["ATR_TEST_STORAGE"] = "postgres"

import backends  # noqa: E402
from cpu_time import seconds_of  # noqa: E402
from money_site import money_site  # noqa: E402
from payments import invoices_by_wrk  # noqa: E402
from postgres import BIN, Postgres  # noqa: E402
from results import Results  # noqa: E402

csv.field_size_limit(sys.maxsize)
LOGGED = {"log_destination": "csvlog", "logging_collector": "on", "log_directory": "log", "log_filename": "log",
          "log_rotation_size": "0", "log_rotation_age": "0"}
PID, MESSAGE, DETAIL = 3, 13, 14  # columns of the log
PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")


class LoggingPostgres(Postgres):
    def __init__(self):
        super().__init__(**LOGGED)

    def start(self):
        super().start()
        backends.use_postgres(self)
        return self

    def end_of_log(self):
        return os.path.getsize(self._path())

    def _path(self):
        return glob.glob(os.path.join(self.data, "log", "*.csv"))[0]

    def rows(self, begin):
        with open(self._path(), encoding="utf-8", newline="") as file:
            file.seek(begin)
            yield from csv.reader(file)


def statements(rows):
    """(backend, SQL with $1..., parameters as SQL literals) of each row that logs one."""
    for row in rows:
        found = re.match(r"(?:execute [^:]*|statement): (.*)", row[MESSAGE], re.S)
        if found:
            parameters = [value for _, value in PARAMETER.findall(row[DETAIL])]
            yield row[PID], found.group(1).strip().rstrip(";"), parameters


def transactions(rows):
    """Lists of (SQL, parameters) in the order in which they were committed; reads alone are transactions too."""
    open_ones = collections.defaultdict(list)
    for backend, text, parameters in statements(rows):
        word = text.split(None, 1)[0].upper()
        if word == "BEGIN":
            open_ones[backend] = [(text, parameters)]
        elif word == "ROLLBACK":
            open_ones.pop(backend, None)
        elif backend in open_ones:
            open_ones[backend].append((text, parameters))
            if word == "COMMIT":
                yield open_ones.pop(backend)
        elif word in ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE"):
            yield [(text, parameters)]


class Script:
    """For pgbench: what was sent, with each statement prepared once, and each transaction on one line."""

    def __init__(self):
        self.names, self.lines = {}, []

    def add(self, transaction):
        self.lines.append(" \\; ".join(self._executed(*one) for one in transaction) + ";")

    def _executed(self, text, parameters):
        if not parameters and not re.match(r"(SELECT|WITH)\b", text):
            return text
        name = self.names.setdefault(text, f"own{len(self.names)}")
        return f"EXECUTE {name}" + (f"({', '.join(parameters)})" if parameters else "")

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("SET search_path = treasurer;\n")
            for text, name in self.names.items():
                file.write(f"PREPARE {name} AS {' '.join(text.split())};\n")
            file.writelines(line.replace("\n", " ") + "\n" for line in self.lines)


class Recorded:
    """What a host sent while `clients` clients had invoices paid, ready to be sent again."""

    def __init__(self, server, clients, seconds):
        self._server, self.clients = server, clients
        with money_site(f"statements-{clients}", plugins__rails__bank__config__synchronous="normal",
                        plugins__rails__bank__config__opening_balance="100000000", payments__lease_ms=60000,
                        plugins__storage__config__slow_statement_ms=0, server__max_connections_per_address=2000) as site:
            host, token = site.start(), site.token("clerk")
            invoices_by_wrk(host.url, token, clients, 1)  # counters are there from here on
            host.stop()
            self.database = f"{site.database}_before"
            server.sql(f"CREATE DATABASE {self.database} TEMPLATE {site.database}")
            server.configure(log_statement="all")
            begin = server.end_of_log()
            host = site.start()
            invoices_by_wrk(host.url, token, clients, seconds)
            host.stop()
            server.configure(log_statement="none")
            script = Script()
            self.commits = 0
            for transaction in transactions(server.rows(begin)):
                script.add(transaction)
                self.commits += any("atr_keys" in text and "INSERT" in text for text, _ in transaction)
            self.path = os.path.join(server.folder, f"own_{clients}.sql")
            script.write(self.path)
            self._expected = self._settled(site.database)
            self.payments = self._expected - self._settled(self.database)

    def _settled(self, database):
        return int(self._server.sql("SELECT count(*) FROM treasurer.payments WHERE state = 'settled'", database))

    def replay(self):
        """(seconds, processor time of the server) that all of it takes."""
        run = f"{self.database}_run"
        self._server.sql(f"DROP DATABASE IF EXISTS {run}")
        self._server.sql(f"CREATE DATABASE {run} TEMPLATE {self.database}")
        self._server.sql("CHECKPOINT")
        used = seconds_of(self._server.process.pid)
        done = subprocess.run([f"{BIN}/pgbench", "-n", "-c", "1", "-t", "1", "-f", self.path, "-h", "127.0.0.1", "-p",
                               str(self._server.port), "-U", "postgres", run], capture_output=True, text=True, check=False)
        if done.returncode != 0 or "ERROR" in done.stderr:
            raise AssertionError(f"pgbench: {done.stdout[-500:]}{done.stderr[-1500:]}")
        if self._settled(run) != self._expected:
            raise AssertionError(f"{self._settled(run)} payments are settled, and were {self._expected}")
        took = float(re.search(r"latency average = ([\d.]+) ms", done.stdout).group(1)) / 1000  # without reading its script
        return took, seconds_of(self._server.process.pid) - used


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--clients", type=int, nargs="+", default=[1, 64])
    options.add_argument("--seconds", type=int, default=3, help="for which a host's statements are noted")
    given = options.parse_args()
    results, server = Results("statements"), LoggingPostgres().create().start()
    recorded = [Recorded(server, clients, given.seconds) for clients in given.clients]
    runs = {one.clients: [] for one in recorded}
    for _ in range(given.rounds):
        for one in recorded:
            runs[one.clients].append(one.replay())
    print(f"the host's own statements, sent again by pgbench over one connection, {given.rounds} rounds in turn")
    for one in recorded:
        rates = [one.payments / took for took, _ in runs[one.clients]]
        used = [1e6 * cpu / one.payments for _, cpu in runs[one.clients]]
        group = 2 * one.payments / one.commits
        print(f"  noted with {one.clients:3} clients: {statistics.median(rates):8.0f} payments/s (from {min(rates):.0f} to "
              f"{max(rates):.0f}), {group:.1f} commits in a group on average, PostgreSQL's processor time "
              f"{statistics.median(used):.0f} us a payment")
        results.figure(f"statements.{one.clients}", "payments/s", rates)
        results.figure(f"statements.{one.clients}.group", "commits", [group])
        results.figure(f"statements.{one.clients}.cpu", "us", used)
    return 0


if __name__ == "__main__":
    sys.exit(main())
