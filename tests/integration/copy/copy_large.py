#!/usr/bin/env python3
"""A storage copied to another backend and back is equal to the first by hash, at 100,000 payments, in bounded memory.

PAYMENTS in the environment overrides their number. The backend between is PostgreSQL where its plugin offers
copies, else a second SQLite file.
"""

import os
import shutil
import sys
import tempfile

from copying import PostgresPlace, Sqlite, Timed, copy, digest, make_books, offers_copies
from postgres import Postgres

PAYMENTS = int(os.environ.get("PAYMENTS") or 100_000)
MOST_MIB = 200


def main():
    folder = tempfile.mkdtemp(prefix="treasurer-copy-large-")
    server = Postgres() if offers_copies("storage_postgres") else None
    try:
        if server:
            server.create().start()
        first, last = Sqlite(folder, "first.db"), Sqlite(folder, "last.db")
        between = PostgresPlace(server.url, "books") if server else Sqlite(folder, "between.db")
        with Timed() as making:
            make_books(first, PAYMENTS)
        hashes = []
        figures = []
        made_with = making.peak_mib
        for source, target in ((first, between), (between, last)):
            with Timed() as timed:
                done = copy(source, target, "--verify")
            found = digest(done.stdout)
            assert found["payments"][0] == PAYMENTS, found
            assert found["atr.keys"][0] > 0 and found["atr.jobs"][0] == 3, found
            assert "verified: the target was read again and is equal" in done.stdout
            assert "trial balance: zero" in done.stdout
            hashes.append(found)
            figures.append(f"{source.plugin} -> {target.plugin} with --verify {timed.seconds:.1f} s, "
                           f"{found['all'][0] / timed.seconds:,.0f} records/s")
        assert hashes[0] == hashes[1], "the copy of the copy differs from the first"
        assert made_with >= MOST_MIB or timed.peak_mib < MOST_MIB, f"{timed.peak_mib:.0f} MiB"
        print(f"copy_large: {PAYMENTS:,} payments, {hashes[0]['all'][0]:,} records made in {making.seconds:.1f} s; "
              f"{'; '.join(figures)}; peak {timed.peak_mib:.0f} MiB; hash {hashes[0]['all'][1]} three times")
        return 0
    finally:
        if server:
            server.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
