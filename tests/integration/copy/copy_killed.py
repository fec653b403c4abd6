#!/usr/bin/env python3
"""kill -9 at random moments of a copy, again and again: the copy that at last ends is equal to one that was never cut.

    copy_killed.py [--kills N] [--payments N] [--from BACKEND] [--to BACKEND]

BACKEND: sqlite or postgres. SEED in the environment replays the moments.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from copying import copy, copy_command, digest, make_books, places

def killed_at(source, target, seconds):
    """Starts a copy and kills it after `seconds`. True: it was cut off; False: the copy is finished, by this process, or by
    the one before, which was killed between its last write and its end."""
    process = subprocess.Popen(copy_command(source, target), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    if process.returncode != 0 and b"the target is not empty" not in errors:
        raise AssertionError(f"the copy ended with {process.returncode}: {errors.decode()}")
    return False


def kill_copies(place, words, rng):
    source = place(words.source, "source")
    make_books(source, words.payments)
    began = time.monotonic()
    expected = digest(copy(source, place(words.to, "whole")).stdout)
    takes = time.monotonic() - began
    cut, finished = 0, 0
    while cut < words.kills:
        target = place(words.to, f"target_{finished}")
        tries = 0
        started = time.monotonic()
        while killed_at(source, target, rng.random() * takes * 1.1):
            cut += 1
            tries += 1
            if tries == 8:  # enough of this one: let it come to its end
                killed_at(source, target, None)
                break
        if tries == 0:  # it took no longer than this
            takes = min(takes, time.monotonic() - started)
        finished += 1
        check = place("sqlite", f"check_{finished}")
        assert digest(copy(target, check, "--verify").stdout) == expected, "a copy that was cut off is not equal"
        target.remove()
        check.remove()
    print(f"copy_killed: {cut} copies of {words.payments} payments from {words.source} to {words.to} killed, {finished} finished, "
          f"each equal to the source: {expected['all'][0]:,} records, hash {expected['all'][1][:16]}; "
          f"{time.monotonic() - began:.0f} s")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--payments", type=int, default=2000)
    options.add_argument("--from", dest="source", default="sqlite")
    options.add_argument("--to", default="sqlite")
    words = options.parse_args()
    seed = os.environ.get("SEED") or str(random.SystemRandom().randint(0, 2**32))
    print(f"copy_killed: {words.kills} kills; replay: SEED={seed} {' '.join(sys.argv)}", flush=True)
    folder = tempfile.mkdtemp(prefix="treasurer-copy-killed-")
    try:
        with places(folder) as place:
            kill_copies(place, words, random.Random(seed))
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
