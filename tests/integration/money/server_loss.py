#!/usr/bin/env python3
"""The servers behind a host die under load, the host lives: PostgreSQL is stopped at once, as by a power cut, and
started again; Redis is killed; a PostgreSQL primary dies for good and its synchronous standby is promoted. Nothing may
be lost, nothing paid twice, the books must equal the rail, and without Redis no client may notice at all.

And one failover that does lose what was acknowledged, to a standby that no commit waited for and that was cut off a
moment before (`lagging`): the host must notice before it sends anything more, and then name what the rail knows.

    server_loss.py postgres | redis | promote | lagging [--rounds N]      with the backends that ATR_TEST_STORAGE and ATR_TEST_CACHE name

SEED in the environment replays the moments and the invoices (not the scheduling).
"""

import argparse
import collections
import os
import random
import sys
import time

from money_site import money_site, submit, told
from submitters import Front, Submitters

import backends
from books import Books, check_all
from host import wait_until

SUBMITTERS = 16
LONGEST_LIFE, LONGEST_GAP = 2.0, 1.0  # seconds that a server serves between two losses, and is away


def killing_postgres(site, rng, rounds):
    """Yields after each time it was away."""
    server = backends.postgres()
    for _ in range(rounds):
        site.hosts[-1].wait_to(time.monotonic() + rng.random() * LONGEST_LIFE)
        server.crash()
        site.hosts[-1].wait_to(time.monotonic() + rng.random() * LONGEST_GAP)
        server.start()
        yield


def killing_redis(site, rng, rounds):
    server = backends.redis().servers["redis"]
    for _ in range(rounds):
        site.hosts[-1].wait_to(time.monotonic() + rng.random() * LONGEST_LIFE)
        server.kill()
        site.hosts[-1].wait_to(time.monotonic() + rng.random() * LONGEST_GAP)
        server.start()
        yield


def promoting(site, rng, rounds):
    """The primary dies and never comes back; its standby, which every commit waited for, goes on alone. Once only."""
    del rounds
    site.hosts[-1].wait_to(time.monotonic() + rng.random() * LONGEST_LIFE)
    backends.postgres().crash()
    backends.use_postgres(site.standby)
    site.standby.promote()
    yield


LOSE = {"postgres": killing_postgres, "redis": killing_redis, "promote": promoting}


def with_standby(site, synchronous):
    """The host is to know both servers, and every commit is to wait for the second if that is `synchronous`."""
    primary = backends.postgres()
    site.standby = primary.synchronous_replica() if synchronous else primary.replica()
    primary, standby = (f"127.0.0.1:{server.port}" for server in (backends.postgres(), site.standby))
    site.settings["plugins.storage.config.url"] = (
        f"postgresql://postgres@{primary},{standby}/{site.database}?target_session_attrs=read-write")


def lagging(site, front, submitters, rng):
    """A failover that loses acknowledged commits, and all its invoices once more. Returns the host, what was asked for
    again, and how often the rail had moved money before the loss."""
    host = site.start()
    front.open(host)
    submitters.run()
    host.wait_to(time.monotonic() + 0.5 + rng.random() * LONGEST_LIFE)
    site.standby.cut_off()
    sent = submitters.sent  # as many answers as there are submitters may still be of what the standby has
    wait_until(lambda: submitters.problems or submitters.sent > sent + SUBMITTERS, 60, "invoices are taken that will be lost")
    host.wait_to(time.monotonic() + 0.2 + rng.random() * LONGEST_GAP)
    backends.postgres().crash()
    backends.use_postgres(site.standby)
    site.standby.promote()
    sent = submitters.sent
    wait_until(lambda: submitters.problems or submitters.sent >= sent + 2 * SUBMITTERS, 60, "invoices are taken again")
    submitters.finish()
    if submitters.problems:
        raise AssertionError(submitters.problems[0])
    return host


def check_lagging(site, host, submitters):
    """Returns what there is to tell."""
    clerk, boss = host.client(site.token("clerk"), timeout=60), host.client(site.token("boss"), timeout=60)
    books = Books(site)
    lost = [one for one in submitters.acknowledged if one not in books.invoices()]
    require(lost, "the failover lost nothing; there is nothing to notice")
    quarantine = boss.get("/api/v1/quarantine").json()
    require(quarantine["active"] and "failover has lost commits" in quarantine["reason"], f"quarantine: {quarantine}")
    since = max(one["at_ms"] for one in books.store.records("audit") if one["action"] == "quarantine.entered")
    for text in submitters.texts:
        wait_until(lambda text=text: told(submit(clerk, text)), 60, "an invoice is taken when it comes again")
    late = [one["id"] for one in books.payments().values() if one["state"] == "prepared" and one["created_ms"] > since]
    require(not late, f"prepared to be sent, in quarantine: {late}")
    report = boss.post("/api/v1/reconciliation").json()
    moved, payments = books.moved(), books.payments()
    forgotten = sorted({payment for payment, _ in moved if payment not in payments})
    named = sorted({one["payment_id"].replace("-", "") for one in report["breaks"] if one["kind"] == "money_left_without_us"})
    require(not report["equal"] and named == forgotten, f"the rail knows of {forgotten}; named are {named}")
    twice = [payment for payment, times in collections.Counter(payment for payment, _ in moved).items() if times > 1]
    require(not twice, f"paid twice: {twice}")
    amounts = collections.Counter(units for _, units in moved)
    require(max(amounts.values()) == 1, f"two payments of one amount, that of an invoice: {amounts.most_common(3)}")
    require(boss.get("/api/v1/quarantine").json()["active"], "the quarantine was lifted though the books differ")
    return (f"{len(lost)} of {len(submitters.acknowledged)} acknowledged invoices were lost, with {len(forgotten)} payments "
            f"that the rail had made, each of which reconciliation names; all {len(submitters.texts)} invoices came again "
            f"and {len(moved)} payments were made once; quarantine: {quarantine['reason']}")


def require(condition, what):
    if not condition:
        raise AssertionError(what)


def outcomes(client):
    """What came of the calls into the storage and the cache, as the host counted it."""
    answer = client.get("/api/v1/plugins")
    if answer.status != 200:
        raise AssertionError(f"GET /api/v1/plugins: {answer}")
    counted = {}
    for plugin in answer.json()["items"]:
        if plugin["kind"] in ("storage", "cache"):
            sums = counted.setdefault(plugin["kind"], collections.Counter())
            for operation in plugin["operations"]:
                sums.update(operation["outcomes"])
                sums.update({name: operation[name] for name in ("abandoned", "expired", "refused", "late")})
            sums["breaker opened"] = plugin["breaker"]["opened"]
    return {kind: {name: count for name, count in sums.items() if count} for kind, sums in counted.items()}


def lose(what, site, front, submitters, rng, rounds):
    """One host under load, and servers that go away. Returns it and how often that was."""
    host = site.start()
    front.open(host)
    submitters.run()
    losses = 0
    for _ in LOSE[what](site, rng, rounds):
        losses += 1
        back, sent = time.monotonic(), submitters.sent
        wait_until(lambda: submitters.problems or submitters.sent >= sent + SUBMITTERS, 60,
                   f"invoices are taken again after loss {losses}")
        print(f"  loss {losses}: {SUBMITTERS} invoices taken {time.monotonic() - back:.1f} s after it ended", flush=True)
        if submitters.problems:
            raise AssertionError(submitters.problems[0])
        if not host.is_running():
            raise AssertionError(f"the host ended by itself:\n{host.log_tail()}")
    submitters.finish()
    if submitters.problems:
        raise AssertionError(submitters.problems[0])
    return host, losses


def main():
    options = argparse.ArgumentParser()
    options.add_argument("what", choices=[*LOSE, "lagging"])
    options.add_argument("--rounds", type=int, default=8)
    given = options.parse_args()
    seed = os.environ.get("SEED") or str(random.SystemRandom().randint(0, 2**32))
    replay = f"SEED={seed} {' '.join(sys.argv)}"
    print(f"server_loss: {given.what}; replay: {replay}", flush=True)
    began = time.monotonic()
    try:
        with money_site("server-loss", plugins__rails__bank__config__latency_max=30) as site:
            if given.what in ("promote", "lagging"):
                with_standby(site, given.what == "promote")
            front = Front()
            submitters = Submitters(front, site.token("clerk"), seed, SUBMITTERS, alike=given.what != "lagging")
            if given.what == "lagging":
                host = lagging(site, front, submitters, random.Random(seed))
                print(f"server_loss: {check_lagging(site, host, submitters)}; {time.monotonic() - began:.0f} s")
                host.stop()
                return 0
            host, losses = lose(given.what, site, front, submitters, random.Random(seed), given.rounds)
            boss = host.client(site.token("boss"), timeout=60)
            moved = check_all(site, boss, submitters.acknowledged)
            counted = outcomes(boss)
            if given.what == "redis" and submitters.later + submitters.repeats:
                raise AssertionError(f"{submitters.later} invoices were put off and {submitters.repeats} connections "
                                     "broken, though only the cache was away")
            host.stop()
    except AssertionError as error:
        print(f"FAILED: {error}\nreplay: {replay}")
        return 1
    print(f"server_loss: {given.what} lost {losses} times: {len(submitters.acknowledged)} invoices acknowledged, {moved} paid "
          f"once, the books equal the rail; {submitters.later} requests were told to come again, {submitters.repeats} "
          f"connections broke; calls by outcome: {counted}; {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
