#!/usr/bin/env python3
"""A storage copied from SQLite to PostgreSQL and back is equal to the first by hash, in bounded memory.

    copy_large.py PAYMENTS
"""

import shutil
import sys
import tempfile

from copying import Timed, copy, digest, make_books, places

MOST_MIB = 200


def copied(source, target, payments):
    """The digest of the target, and how long the copy took, for people."""
    with Timed() as timed:
        done = copy(source, target, "--verify")
    found = digest(done.stdout)
    assert found["payments"][0] == payments, found
    assert found["atr.keys"][0] > 0 and found["atr.jobs"][0] == 3, found
    assert "verified: the target was read again and is equal" in done.stdout
    assert "trial balance: zero" in done.stdout
    return found, (f"{source.plugin} -> {target.plugin} with --verify {timed.seconds:.1f} s, "
                   f"{found['all'][0] / timed.seconds:,.0f} records/s"), timed.peak_mib


def main():
    payments = int(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="treasurer-copy-large-")
    try:
        with places(folder) as place:
            first, between, last = place("sqlite", "first"), place("postgres", "books"), place("sqlite", "last")
            with Timed() as making:
                make_books(first, payments)
            there, way_there, _ = copied(first, between, payments)
            back, way_back, peak = copied(between, last, payments)
        assert there == back, "the copy of the copy differs from the first"
        most = max(MOST_MIB, 2 * making.peak_mib)  # a sanitizer needs several times as much for everything
        assert peak < most, f"{peak:.0f} MiB, more than {most:.0f}"
        print(f"copy_large: {payments:,} payments, {there['all'][0]:,} records made in {making.seconds:.1f} s; "
              f"{way_there}; {way_back}; peak {peak:.0f} MiB; hash {there['all'][1]} three times")
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
