#!/usr/bin/env python3
"""kill -9 at random moments while 16 clients submit invoices, one in four of them the same as another client at the
same moment. Afterwards nothing may be lost, nothing paid twice, and the books must equal the rail.

    kill_loop.py [--kills N] [--unknown-every N] [--not-idempotent]

KILLS in the environment overrides --kills; SEED replays the moments and the invoices (not the scheduling).
"""

import argparse
import os
import random
import signal
import sys
import time

from money_site import money_site
from submitters import Front, Submitters

from books import Books, check_all

SUBMITTERS = 16
EARLY = 0.1  # this part of the kills hits a host while it starts
# Moments are measured by how long this machine takes for a start, so that a slow one proves as much.
LIFE_IN_STARTS = 3
SHORTEST_START = 0.2  # seconds


def seed_of_this_run():
    return os.environ.get("SEED") or str(random.SystemRandom().randint(0, 2**32))


class Killer:
    """Starts hosts and kills them at random moments."""

    def __init__(self, site, front, rng):
        self.site, self.front, self.rng = site, front, rng
        self.start_takes = SHORTEST_START

    def live_and_die(self):
        """One host, from its start to its kill. True if it had become ready."""
        moment, early = self.rng.random(), self.rng.random() < EARLY
        started = time.monotonic()
        host = self.site.spawn()
        ready = host.wait_ready(moment * self.start_takes) if early else host.wait_ready(120)
        if ready:
            self.front.open(host)
        if ready and not early:
            self.start_takes = max(SHORTEST_START, time.monotonic() - started)
            host.wait_to(time.monotonic() + moment * LIFE_IN_STARTS * self.start_takes)
        if not host.is_running() or not (ready or early):
            raise AssertionError(f"a host ended by itself, or never served:\n{host.log_tail()}")
        self.front.shut()
        if host.kill() != -signal.SIGKILL:
            raise AssertionError("the host was not ended by the kill")
        return ready


def kill_again_and_again(site, front, submitters, kills, rng):
    """Returns how many of the kills hit a host that served."""
    killer = Killer(site, front, rng)
    ready = 0
    for number in range(1, kills + 1):
        ready += killer.live_and_die()
        if submitters.problems:
            raise AssertionError(submitters.problems[0])
        if number % 20 == 0:
            print(f"  {number} kills, {submitters.sent} invoices acknowledged", flush=True)
    return ready


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--unknown-every", type=int, default=0)
    options.add_argument("--not-idempotent", action="store_true")
    given = options.parse_args()
    kills = int(os.environ.get("KILLS") or given.kills)
    seed = seed_of_this_run()
    replay = f"SEED={seed} KILLS={kills} {' '.join(sys.argv)}"
    print(f"kill_loop: {kills} kills, {SUBMITTERS} submitters, unknown every {given.unknown_every or 'never'}, "
          f"rail {'not ' if given.not_idempotent else ''}idempotent; replay: {replay}", flush=True)
    began = time.monotonic()
    rail = "plugins__rails__bank__config__"
    settings = {rail + "unknown_every": given.unknown_every, rail + "latency_max": 30,
                rail + "idempotent": "false" if given.not_idempotent else "true"}
    try:
        with money_site("kill-loop", **settings) as site:
            front = Front()
            submitters = Submitters(front, site.token("clerk"), seed, SUBMITTERS)
            submitters.run()
            ready = kill_again_and_again(site, front, submitters, kills, random.Random(seed))
            host = site.start()
            front.open(host)
            submitters.finish()
            if submitters.problems:
                raise AssertionError(submitters.problems[0])
            boss = host.client(site.token("boss"), timeout=60)
            moved = check_all(site, boss, submitters.acknowledged)
            if not submitters.repeats or moved < kills:
                raise AssertionError(f"proves nothing: {moved} paid, {submitters.repeats} connections broken")
            payments = Books(site).payments().values()
            asked = sum(1 for payment in payments if payment.get("needs_human"))
            if asked and not given.not_idempotent:
                raise AssertionError(f"{asked} payments wait for a person, though the rail makes repeats harmless")
            host.stop()
    except AssertionError as error:
        print(f"FAILED: {error}\nreplay: {replay}")
        return 1
    print(f"kill_loop: {kills} kills ({kills - ready} while starting): {len(submitters.acknowledged)} invoices acknowledged, "
          f"{submitters.twins} of them sent by two at once, {submitters.repeats} sent again after a broken connection; "
          f"{moved} paid once, {asked} wait for a person, the books equal the rail; {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
