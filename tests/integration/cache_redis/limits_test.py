"""Hosts on one Redis count a user together: what one has let pass, the others do not let pass again. With Redis away each
has its own limit, and answers all the same.

    limits_test.py
"""

import os
import sys
import time

os.environ["ATR_TEST_CACHE"] = "redis"
sys.path.insert(0, os.path.join(os.environ["TREASURER_SOURCE"], "tests", "support"))

from backends import redis  # noqa: E402
from host import Site, wait_until  # noqa: E402

LIMIT = 120  # requests a minute: two come back each second
SETTINGS = {"rate_limit.enabled": "true", "rate_limit.roles.admin_per_minute": LIMIT, "rate_limit.per_minute": 100000}


def require(condition, what):
    if not condition:
        raise AssertionError(what)


class Limited:
    def __init__(self, site):
        self.host = site.start()
        self.client = self.host.client(site.token("admin"))

    def passed(self, wanted):
        """How many of so many requests are answered, and the rest are told to wait."""
        statuses = [self.client.get("/api/settings/limit").status for _ in range(wanted)]
        require(set(statuses) <= {200, 429}, f"answered {sorted(set(statuses))}")
        return statuses.count(200)

    def metric(self, name):
        for line in self.host.client().get("/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise AssertionError(f"there is no {name}")

    def heard(self):
        return self.metric("treasurer_rate_taken_elsewhere_total")


def counted(server):
    """What all hosts together have told Redis."""
    keys = server.cli("KEYS", "at:*rate:*admin:admin").split()
    return sum(int(server.cli("GET", key).strip() or 0) for key in keys)


def together(site, server):
    """How many requests pass at three hosts, one after the other, and how many may."""
    hosts = [Limited(site) for _ in range(3)]
    began = time.monotonic()
    passed = hosts[0].passed(LIMIT + 20)
    require(passed >= LIMIT, f"the first host let only {passed} pass")
    wait_until(lambda: counted(server) >= passed, 20, "the first host has told Redis")
    for host in hosts[1:]:
        passed += host.passed(1)  # makes it look
        wait_until(lambda: host.heard() > 0, 20, "the host has heard of the first")
        passed += host.passed(LIMIT + 20)
    # Two a second come back to each of the three; and where a new minute has begun, each of the two that were told of
    # nothing in the old one takes two a second of it for older than they are.
    return passed, LIMIT + 5 * (2 * (time.monotonic() - began) + 1)


def main():
    server = redis().servers["redis"]
    with Site("limits", SETTINGS) as site:
        passed, most = together(site, server)
        print(f"three hosts, one limit of {LIMIT}: {passed} passed")
        require(passed <= most, f"{passed} requests passed, more than {most:g}")
    with Site("limits-away", SETTINGS) as site:
        hosts = [Limited(site) for _ in range(2)]
        server.kill()
        for host in hosts:
            alone = host.passed(LIMIT + 20)
            require(alone >= LIMIT, f"with Redis away a host let only {alone} pass")
        wait_until(lambda: hosts[0].metric("treasurer_rate_sharing_failures_total") > 0, 20, "it is seen that Redis is away")
        server.start()
    return 0


if __name__ == "__main__":
    sys.exit(main())
