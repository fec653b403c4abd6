"""What a host tells in figures after some work: promtool takes the text as it stands, docs/operate.md names every
metric and no other, and the original service's figures are there as JSON.

    exposition_test.py

ATR_TEST_STORAGE and ATR_TEST_CACHE choose the plugins (tests/support/backends.py). Needs promtool (Debian: prometheus).
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "money"))

from money_site import invoice_text, money_site, submit  # noqa: E402

import backends  # noqa: E402
from host import SOURCE, wait_until  # noqa: E402

COUNTS = ("invoices_processed", "transactions_approved", "transactions_rejected", "api_requests", "errors")
TIMES = ("response_time_p50", "response_time_p95", "response_time_p99")
RATES = ("database_queries_per_sec", "errors_per_sec")
KEYS = {*COUNTS, *TIMES, *RATES, "total_amount_processed", "start_time", "cache_hit_rate", "redis_memory_usage",
        "postgres_connections"}
INVOICES = 12


def require(condition, what):
    if not condition:
        raise AssertionError(what)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def figures(client):
    answer = client.send("GET", "/metrics", headers={"Accept": "application/json"})
    require(answer.status == 200, f"the figures: {answer}")
    return answer.json()


def exposition(client):
    answer = client.get("/metrics")
    require(answer.status == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"),
            f"the metrics: {answer}")
    return answer.body.decode()


def value(text, series):
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.M)
    return float(found.group(1)) if found else None


def names_in(text):
    return set(re.findall(r"^# TYPE (\S+) ", text, re.M))


def documented_names():
    with open(os.path.join(SOURCE, "docs", "operate.md"), encoding="utf-8") as document:
        section = document.read().split("\n## Metrics and health\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `treasurer_")]
    return set(re.findall(r"`(treasurer_\w+)`", " ".join(rows)))


def work(host, site):
    clerk, boss = host.client(site.token("clerk")), host.client(site.token("boss"))
    for number in range(1, INVOICES + 1):
        answer = submit(clerk, invoice_text(f"M-{number:05}", "12.50"), "wait=10")
        require(answer.status == 200, f"invoice {number}: {answer}")
        for _ in range(4):
            require(boss.get("/api/dashboard").status == 200, "no dashboard")
    require(clerk.get("/nowhere").status == 404, "a page that is not there")
    return boss


def promtool_takes(text):
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60,
                          check=False)
    require(done.returncode == 0 and not done.stdout + done.stderr,
            f"promtool check metrics: exit {done.returncode}\n{done.stdout}{done.stderr}")


def counts_are_true(text):
    require(value(text, "treasurer_invoices_processed_total") == INVOICES, "not every invoice was counted, or one twice")
    recent = 'treasurer_http_request_recent_seconds{route="dashboard",quantile="0.99"}'
    require(value(text, recent) is not None, f"{recent} is not there")
    require(value(text, 'treasurer_http_request_seconds_count{route="dashboard"}') == 4 * INVOICES,
            "not every dashboard was counted")
    hits, misses = (value(text, f'treasurer_cache_{what}_total{{keys="treasury:balance"}}') for what in ("hits", "misses"))
    require(hits > 0 and misses > 0, f"the cache was asked: {hits} hits, {misses} misses")
    for operation in ("get", "commit", "query"):
        require(value(text, f'treasurer_database_queries_total{{operation="{operation}"}}') > 0,
                f"no {operation} of storage was counted")


def figures_are_whole(told, has_database_server):
    require(set(told) == KEYS, f"the original clients read {KEYS ^ set(told)}")
    for key in (*COUNTS, *TIMES, *RATES, "total_amount_processed", "cache_hit_rate", "redis_memory_usage"):
        require(is_number(told[key]), f"{key} is {told[key]!r}")
    require(told["invoices_processed"] == told["transactions_approved"] == INVOICES, f"counts: {told}")
    require(told["total_amount_processed"] == 12.5 * INVOICES, f"the amount: {told}")
    require(0 < told["response_time_p50"] <= told["response_time_p95"] <= told["response_time_p99"], f"times: {told}")
    require(0 < told["cache_hit_rate"] < 1, f"cache: {told}")
    require(told["redis_memory_usage"] > 0, f"cache memory: {told}")
    require(told["database_queries_per_sec"] > 0 and told["errors_per_sec"] == 0, f"rates: {told}")
    require(is_number(told["postgres_connections"]) == has_database_server, f"connections: {told}")


def main():
    has_server = backends.storage() == "postgres"
    with money_site("metrics") as site:
        host = site.start()
        boss = work(host, site)
        wait_until(lambda: is_number(figures(boss)["redis_memory_usage"]), 30, "the cache tells how much it holds")
        if has_server:
            wait_until(lambda: is_number(figures(boss)["postgres_connections"]), 30, "storage tells of its connections")
        text, told = exposition(boss), figures(boss)
        promtool_takes(text)
        counts_are_true(text)
        figures_are_whole(told, has_server)

        exposed, documented = names_in(text), documented_names()
        require(exposed <= documented, f"docs/operate.md does not name {sorted(exposed - documented)}")
        if has_server:  # which has all there is
            require(documented <= exposed, f"docs/operate.md names what no host tells: {sorted(documented - exposed)}")

        require(boss.post("/metrics/reset", {}).status == 200, "no reset")
        require(figures(boss)["cache_hit_rate"] is None and figures(boss)["invoices_processed"] == 0, "it was set back")
        require(value(exposition(boss), "treasurer_invoices_processed_total") == INVOICES, "a counter was set back")
        host.stop()
    print(f"{len(exposed)} metrics told on {backends.storage()} and {backends.cache()}; promtool takes them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
