#!/usr/bin/env python3
"""kill -9 at random moments of a copy, again and again: the copy that at last ends is equal to one that was never cut.

    copy_killed.py [--kills N]           SEED in the environment replays the moments
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from copying import Sqlite, copy, copy_command, digest, make_books

PAYMENTS = 2000


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


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=20)
    kills = options.parse_args().kills
    seed = os.environ.get("SEED") or str(random.SystemRandom().randint(0, 2**32))
    print(f"copy_killed: {kills} kills; replay: SEED={seed} {' '.join(sys.argv)}", flush=True)
    rng = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="treasurer-copy-killed-")
    try:
        source = Sqlite(folder, "source.db")
        make_books(source, PAYMENTS)
        began = time.monotonic()
        expected = digest(copy(source, Sqlite(folder, "whole.db")).stdout)
        takes = time.monotonic() - began
        cut, finished, number = 0, 0, 0
        while cut < kills:
            target = Sqlite(folder, f"target-{number}.db")
            number += 1
            tries = 0
            while killed_at(source, target, rng.random() * takes * 1.1):
                cut += 1
                tries += 1
                if tries == 8:  # enough of this one: let it come to its end
                    killed_at(source, target, None)
                    break
            finished += 1
            check = Sqlite(folder, f"check-{number}.db")
            assert digest(copy(target, check, "--verify").stdout) == expected, "a copy that was cut off is not equal"
            target.remove()
            check.remove()
        print(f"copy_killed: {cut} copies of {PAYMENTS} payments killed, {finished} finished, each equal to the source: "
              f"{expected['all'][0]:,} records, hash {expected['all'][1][:16]}; {time.monotonic() - began:.0f} s")
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
