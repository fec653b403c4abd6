"""The bars of the performance table: what is to be measured, and how good it has to be. One place for all parts."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Bar:
    figure: str
    what: str
    unit: str
    at_least: float = None
    at_most: float = None
    cores: int = 0  # on fewer it says nothing
    every_round: bool = False  # the worst of them is judged, not the median

    def judged(self, values):
        """What of the rounds' values is held against the bar."""
        if not self.every_round:
            return statistics.median(values)
        return max(values) if self.at_most is not None else min(values)

    def is_met(self, value):
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    def limit_text(self):
        words = []
        if self.at_least is not None:
            words.append(f"at least {shown(self.at_least)}")
        if self.at_most is not None:
            words.append(f"at most {shown(self.at_most)}")
        return " and ".join(words) + (f" {self.unit}" if self.unit else "")


def shown(value):
    """Three digits that say something; all of those before the point."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.3f}".rstrip("0").rstrip(".")


_TABLE = "GET /api/dashboard, signed in, 64 connections, "
_MIXED = "GET /api/dashboard under a mixed load (90 % reads, 10 % invoices, 256 connections, PostgreSQL and Redis), closed, "
_PAID = "POST /api/process-invoice to completed payment, 64 clients, "
_LOGS = "GET /api/dashboard/logs at 10,000,000 transactions, uncached cursors, p99 beside that at 10,000, "

BARS = [
    Bar("dashboard.beside_nginx.64.logged",
        _TABLE + "beside nginx with the same bytes, both with access logs", "times", at_least=0.8),
    Bar("dashboard.beside_nginx.64.unlogged", _TABLE + "the same without access logs", "times", at_least=0.8),
    Bar("dashboard.beside_peer.64.logged", _TABLE + "beside the original service's stack", "times", at_least=15),
    Bar("payments.postgres.beside_peer", _PAID + "PostgreSQL, beside the original service's stack", "times", at_least=6),
    Bar("payments.postgres.beside_sql",
        _PAID + "PostgreSQL, beside a plain SQL double entry on one hot account", "times", at_least=1.5),
    Bar("payments.sqlite.beside_peer", _PAID + "SQLite, beside the original service's stack", "times", at_least=10),
    Bar("hot_account.two_beside_one", "payments out of one account by two hosts, beside one", "times", at_least=1.3, cores=4),
    Bar("growth.postgres.logs_cursor_1.10000000.p99_ratio", _LOGS + "PostgreSQL", "times", at_most=1.2),
    Bar("growth.sqlite.logs_cursor_1.10000000.p99_ratio", _LOGS + "SQLite", "times", at_most=1.2),
    Bar("plugin_call.table", "a plugin call through the table, beyond a direct virtual call", "ns", at_most=25),
    Bar("plugin_call.pool", "hand-over of a call to a plugin's pool and back, where a core is free", "us", at_most=10),
    Bar("parse_rate.rules", "parser_rules, 2 kB of text, on one core", "documents/s", at_least=20_000),
    Bar("footprint.idle", "resident memory, idle, whichever backends take more", "MB", at_most=30),
    Bar("footprint.loaded", "resident memory under load at 256 connections, whichever backends take more", "MB", at_most=120),
    Bar("footprint.start", "start to ready, embedded", "ms", at_most=150),
    Bar("takeover.sqlite.beyond_lease",
        "kill -9 under load to the last open payment final again, beyond the lease, SQLite", "s", at_most=2, every_round=True),
    Bar("takeover.postgres.beyond_lease", "the same, PostgreSQL, by another host", "s", at_most=2, every_round=True),
    Bar("mixed.closed.p99_to_p50", _MIXED + "p99 beside p50", "times", at_most=10),
    Bar("mixed.closed.errors", _MIXED + "errors", "answers", at_most=0, every_round=True),
    Bar("mixed.closed.cache_hits", _MIXED + "cache hits", "%", at_least=95),
    Bar("mixed.killed.errors", "errors of 70 % of that load while Redis is killed and comes back", "answers", at_most=0, every_round=True),
    Bar("soak.postgres.memory",
        "growth of resident memory in a soak, its last fifth beside its second, PostgreSQL and Redis", "%", at_most=5),
    Bar("soak.sqlite.memory",
        "growth of resident memory in a soak, its last fifth beside its second, SQLite", "%", at_most=5),
    Bar("soak.postgres.rules_broken",
        "descriptors, threads, queues, answers and books in that soak, PostgreSQL and Redis", "rules broken", at_most=0, every_round=True),
    Bar("soak.sqlite.rules_broken",
        "descriptors, threads, queues, answers and books in that soak, SQLite", "rules broken", at_most=0, every_round=True),
]

_by_figure = {bar.figure: bar for bar in BARS}


def of(figure):
    return _by_figure.get(figure)
