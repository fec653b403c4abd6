"""Which checks of the kit our own plugins may skip: exactly these, each because the capability is not declared. A skip
that is not listed is a rule nobody tries; one that is listed and runs is a list that is out of date.
"""

HEALTH = ["ATR-LIFECYCLE-008"]
BUS = ["ATR-CACHE-020", "ATR-CACHE-021", "ATR-CACHE-022", "ATR-CACHE-033", "ATR-CACHE-043"]
BARE_RAIL = ["ATR-RAIL-050", "ATR-RAIL-051", "ATR-RAIL-052", "ATR-RAIL-053", "ATR-RAIL-054"]
HTTP = [f"ATR-RAIL-06{n}" for n in range(6)]  # only of rails that go over the host's HTTP service
REPEATS = ["ATR-RAIL-010", "ATR-RAIL-011", "ATR-RAIL-030", "ATR-RAIL-031"]

SKIPPED = {
    "storage_sqlite": [],
    "storage_postgres": [],
    "cache_memory": [],
    "cache_redis": [],
    "parser_rules": [],
    "rail_simulated": BARE_RAIL + HTTP,
    "rail_simulated idempotent=false": BARE_RAIL + REPEATS + HTTP,
    "rail_simulated settle_after=200": [code for code in BARE_RAIL if code != "ATR-RAIL-051"] + HTTP,  # there is time to cancel
    "template storage_cpp": HEALTH,
    "template cache_cpp": HEALTH + BUS,
    "template cache_c": HEALTH + BUS,
    "template cache_rust": HEALTH + BUS,
    "template rail_cpp": HEALTH + BARE_RAIL + HTTP,
    "template rail_c": HEALTH + BARE_RAIL + HTTP,
    "template rail_rust": HEALTH + BARE_RAIL + HTTP,
    "template parser_cpp": HEALTH,
    "template parser_c": HEALTH,
    "template parser_rust": HEALTH,
}


def allowed(name):
    """Of a plugin, or of a plugin with the terms it is set to, which count as the plugin itself where nothing is said."""
    return sorted(SKIPPED[name] if name in SKIPPED else SKIPPED[name.split(" ")[0]])


def skipped(report):
    """The codes that a report for people skips, in their order."""
    return sorted(line.split()[1] for line in report.splitlines() if line.startswith("  skip  "))


def judge(name, report):
    """Ends the test where the report skips other codes than may be."""
    if skipped(report) != allowed(name):
        raise SystemExit(f"{name} skips {skipped(report)}; tests/conformance/skips.py has {allowed(name)}\n{report}")
