#!/usr/bin/env python3
"""A host dies with a payment under way, and its rail does not answer when it is started again: it serves all the same,
says that the rail is away, takes what needs no rail, and neither ends nor loses the payment. When the rail is back, the
payment is ended once.
"""

import signal
import sys
import time

from money_site import ConnectionLost, invoice_text, money_site, submit, told

from books import Books, check_all

AWAY = {"plugins__rails__bank__config__latency": 600_000}  # longer than every deadline
FIRST, LARGE, SMALL = (invoice_text("RA-1", "20.00"), invoice_text("RA-2", "1500000.00"),
                       invoice_text("RA-3", "30.00"))


def check(told_, expected, what):
    if told_ != expected:
        raise AssertionError(f"{what}: {told_}, expected {expected}")


def die_with_one_under_way(site):
    host = site.start(testing__fault_point="saga.before_submit:1")
    client = host.client(site.token("clerk"))
    try:
        raise AssertionError(f"the host was to die, and answered {submit(client, FIRST)}")
    except ConnectionLost:
        pass
    check(host.wait_end(), -signal.SIGKILL, "the host dies before it sends")


def while_away(site):
    """Returns the answers to what was submitted."""
    began = time.monotonic()
    host = site.start(**AWAY)
    started = time.monotonic() - began
    clerk, boss = host.client(site.token("clerk")), host.client(site.token("boss"))
    check(boss.get("/health/live").status, 200, "it lives")
    ready = boss.get("/health/ready")
    check(ready.status, 503, "a load balancer sends nothing here")
    services = ready.json()["services"]
    check((services["rail"]["status"], services["database"]["status"]), ("unhealthy", "healthy"), "what is away")
    check(boss.get("/api/dashboard").status, 200, "the dashboard is told")
    waiting = submit(clerk, LARGE)
    check((waiting.status, waiting.json()["status"]), (202, "PAUSED_FOR_APPROVAL"), f"what needs no rail: {waiting}")
    small = submit(clerk, SMALL)
    check((small.status, small.json()["status"]), (202, "PROCESSING"), f"the rail may have it, and does not say: {small}")
    again = submit(clerk, FIRST)
    check((again.status, again.code()), (409, "duplicate_invoice"), "the payment under way is known")
    payment = next(p for p in boss.items("/api/v1/payments") if p["invoice_id"] == told(again)[0])
    if payment["state"] in ("settled", "failed", "cancelled", "returned"):
        raise AssertionError(f"nobody can know how it ended: {payment['state']}")
    held = boss.get("/api/v1/ledger/accounts?under=assets:treasury:bank").json()["items"]
    check(held[0]["available"], "9999950", "what may have been sent stays held")
    host.kill()
    return [waiting, small, again], started


def main():
    began = time.monotonic()
    print("rail_away", flush=True)
    with money_site("rail-away") as site:
        die_with_one_under_way(site)
        answers, started = while_away(site)
        host = site.start()
        moved = check_all(site, host.client(site.token("boss")), dict(told(answer) for answer in answers))
        check(moved, 2, "what was under way is paid once")
        check(len(Books(site).payments()), 3, "and the other waits")
        host.stop()
    print(f"rail_away: served {started:.1f} s after its start without the rail, nothing lost; "
          f"{time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
