#!/usr/bin/env python3
"""How long after kill -9 the last payment is final again, with a lease of one second: one case at a time, so that no other
case is measured with it. On SQLite the host is started again; on PostgreSQL another host is there already. The host is
killed at every boundary of the saga, with payments under way at all of them.

The promise is the lease and two seconds. Prints the figure, and ends with 1 when it was not kept.

    takeover.py [sqlite|postgres|both] [--rounds N]
"""

import argparse
import os
import statistics
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(ROOT, "bench"), os.path.join(ROOT, "support"), os.path.join(ROOT, "integration", "money")]

PROMISE = 2.0  # seconds, besides the lease


def main():
    options = argparse.ArgumentParser()
    options.add_argument("storage", nargs="?", choices=("sqlite", "postgres", "both"), default="sqlite")
    options.add_argument("--rounds", type=int, default=1)
    given = options.parse_args()
    if given.storage == "both":
        return max(subprocess.run([sys.executable, __file__, storage, "--rounds", str(given.rounds)], check=False).returncode
                   for storage in ("sqlite", "postgres"))
    os.environ["ATR_TEST_STORAGE"] = given.storage
    from crash_points import fault_names
    from money_site import money_site
    from results import Results
    from two_hosts import LEASE, Case

    restarted = given.storage == "sqlite"
    print(f"takeover: {given.storage}, {'the host is started again' if restarted else 'another host goes on'}", flush=True)
    took = []
    with money_site("takeover-template") as template:
        for _ in range(given.rounds):
            for name in fault_names():
                with money_site("takeover", template) as site:
                    took.append(Case(site, name).run(kill=True, restarted=restarted))
                print(f"  killed at {name}: the last payment was final {took[-1]:.2f} s later", flush=True)
    longest = max(took)
    kept = longest <= LEASE + PROMISE
    print(f"figure: takeover <= lease + {max(0.0, longest - LEASE):.2f} s ({given.storage}, {len(took)} kills; median "
          f"{statistics.median(took):.2f} s after the kill, lease {LEASE:g} s; the promise is lease + {PROMISE:g} s: "
          f"{'kept' if kept else 'NOT KEPT'})")
    results = Results(f"takeover.{given.storage}")
    results.figure(f"takeover.{given.storage}.beyond_lease", "s", [longest - LEASE])
    results.figure(f"takeover.{given.storage}.kills", "kills", [len(took)])
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
