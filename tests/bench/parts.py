"""The parts of the benchmark, and how each is run for one round."""

import dataclasses
import glob
import os
import sys

from host import BUILD, SOURCE

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclasses.dataclass(frozen=True)
class Part:
    what: str
    program: str
    options: tuple = ()  # of one round
    quick_options: tuple = ()  # instead of those, for a rough look
    once: bool = False  # in the first round only
    usual: bool = True  # run when no part is named

    def path(self):
        return os.path.join(HERE if self.program.endswith(".py") else os.path.join(BUILD, "bench"), self.program)

    def command(self, quick):
        words = [self.path(), *(self.quick_options if quick else self.options)]
        return [sys.executable, *words] if self.program.endswith(".py") else words


_READ = ("rules", os.path.join(BUILD, "plugins", "parser_rules.so"), "text/plain", "2048",
         *sorted(glob.glob(os.path.join(SOURCE, "examples", "invoices", "*.txt"))))

PARTS = {
    "plugin_call": Part("a call of a plugin through the table, beside a virtual call", "plugin_call"),
    "dashboard": Part("GET /api/dashboard beside nginx, a bare Pistache and the original service's stack", "dashboard.py",
                      ("--rounds", "1", "--seconds", "3"),
                      ("--rounds", "1", "--seconds", "2", "--connections", "64", "--access-log", "on")),
    "payments": Part("payments/s by storage and number of clients, beside the original service's stack and plain SQL",
                     "payments.py", ("--rounds", "1", "--seconds", "4"),
                     ("--rounds", "1", "--seconds", "2", "--clients", "64")),
    "statements": Part("our own statements sent by pgbench: what of a payment is PostgreSQL's", "own_statements.py",
                       ("--rounds", "2"), ("--rounds", "1", "--seconds", "1")),
    "hot_account": Part("payments/s out of one account, with one host and with two", "hot_account.py",
                        ("--rounds", "2"), ("--rounds", "1", "--payments", "500")),
    "mixed": Part("p99 of the dashboard beside invoices, with Redis killed in the middle", "mixed.py",
                  ("--rounds", "1"), ("--rounds", "1", "--seconds", "9")),
    "parse_rate": Part("how fast parser_rules reads", "parse_rate", _READ, _READ),
    "footprint": Part("memory idle and under load, and the time to start", "footprint.py",
                      ("--rounds", "1", "--starts", "7", "--seconds", "8"),
                      ("--rounds", "1", "--starts", "3", "--seconds", "4", "--only", "embedded")),
    "growth": Part("log pages and the dashboard at ten thousand to ten million transactions", "growth.py", ("--rounds", "4"),
                   ("sqlite", "--most", "100000", "--whole", "10000", "--rounds", "1"), once=True),
    "takeover": Part("from kill -9 to the last payment final again", "takeover.py", ("both",), ("sqlite",), once=True),
    "overload": Part("ten times what a host can do is asked of it", "overload.py", ("--seconds", "8"), ("--seconds", "3"),
                     once=True),
    "soak": Part("an hour of mixed load: does anything grow?", "soak.py", ("both", "--minutes", "60"),
                 ("both", "--minutes", "2", "--load", "light"), once=True, usual=False),
}
