"""A store that has grown: what a host has written, again and again with other ids and earlier times.

Records are copied as they are, but for the ids (version 7, made from the new time), what is made from ids, and the times,
which keep their distances. The columns that indexes are made of get what the new records say. The host may run meanwhile:
nothing that it keeps in its memory is touched.
"""

import contextlib
import itertools
import json
import os
import re
import sqlite3
import subprocess

import backends
from postgres import BIN

SECONDS_APART = 3  # and as many lines at the same moment, so that the key decides their order
PART = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})"  # an id
                  r"|(?<=sim-)([0-9a-f]{32})"                                         # an id without its hyphens
                  r"|(?<=_ms\":)(\d{13})")                                             # a time
MASK = (1 << 62) - 1


class Template:
    """One record of the host as a format, filled anew for each copy."""

    def __init__(self, key, body, columns, kept_ids, escape):
        self.key, self._kept, self._ids, self._parts = key, kept_ids, [], []
        self._columns = columns
        self.time = min(int(found) for _, _, found in PART.findall(body) if found)
        self.id_place = self._place(key)
        text, end = [], 0
        for match in PART.finditer(body):
            text.append(escape(body[end:match.start()]).replace("%", "%%"))
            end = match.end()
            if match.group(1) in kept_ids:
                text.append(match.group(0))
                continue
            text.append("%s")
            if match.group(3):
                self._parts.append(("time", int(match.group(3)) - self.time))
            else:
                digits = (match.group(1) or match.group(2)).replace("-", "")
                self._parts.append(("id" if match.group(1) else "digits", self._place(digits)))
        self._format = "".join(text) + escape(body[end:]).replace("%", "%%")

    def _place(self, id_text):
        digits = id_text.replace("-", "")
        if digits not in self._ids:
            self._ids.append(digits)
        return self._ids.index(digits)

    def fill(self, number, time):
        """(key, body, {column: value}) of copy `number`."""
        head = f"{time:012x}"
        ids = []
        for place in range(len(self._ids)):
            mixed = (number * 0x9E3779B97F4A7C15 + place * 0xD1B54A32D192ED03) & MASK
            tail = f"{mixed | 1 << 63:016x}"
            ids.append(f"{head[:8]}-{head[8:]}-7{place:03x}-{tail[:4]}-{tail[4:]}")
        parts = tuple(time + value if kind == "time" else ids[value] if kind == "id" else ids[value].replace("-", "")
                      for kind, value in self._parts)
        cells = []
        for _, value in self._columns:
            if isinstance(value, int):
                value = time + value - self.time
            elif value and PART.fullmatch(value) and value not in self._kept:
                value = ids[self._ids.index(value.replace("-", ""))]
            cells.append(value)
        return ids[self.id_place], self._format % parts, cells


def columns_of(rows):
    return [name for name in rows[0] if name not in ("key", "version", "updated_ms", "body", "raw")]


def copies(rows, count, last_time, kept_ids, escape):
    """`count` copies in the order of their times, the last before `last_time`: (key, version, time, body, cells)."""
    names = columns_of(rows)
    made = [(Template(row["key"], row["body"], [(name, row[name]) for name in names], kept_ids, escape), row["version"])
            for row in rows]
    first = last_time - (count // SECONDS_APART + 2) * SECONDS_APART * 1000
    for number in range(count):
        template, version = made[number % len(made)]
        time = first + number // SECONDS_APART * SECONDS_APART * 1000
        key, body, cells = template.fill(number, time)
        yield key, version, time, body, cells


class SqliteFiller:
    def __init__(self, site):
        self._path = os.path.join(site.data, "treasurer.db")

    def rows(self, collection, where):
        with contextlib.closing(sqlite3.connect(self._path, timeout=60)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {collection} {where}")]

    @staticmethod
    def escape(text):
        return text

    def fill(self, collection, columns, made):
        with contextlib.closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -200000")
            places = ", ".join("?" * (4 + len(columns)))
            insert = f"INSERT INTO {collection}(key, version, updated_ms, body{''.join(', ' + c for c in columns)}) " \
                     f"VALUES({places})"
            while True:
                part = list(itertools.islice(made, 100_000))
                if not part:
                    break
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(insert, [(*head, *cells) for *head, cells in part])
                connection.execute("COMMIT")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def finish(self, _collections):
        with contextlib.closing(sqlite3.connect(self._path, timeout=60)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def keys(self, collection, column, low, high):
        """Newest first: the keys of the records of [low, high)."""
        return [row["key"] for row in self.rows(collection, f"WHERE {column} >= {low} AND {column} < {high} "
                                                            f"ORDER BY {column} DESC, key DESC")]


class PostgresFiller:
    def __init__(self, site):
        self._database, self._server = site.database, backends.postgres()
        self._server.configure(fsync="off", max_wal_size="4GB")

    def _sql(self, text):
        return self._server.sql("SET search_path = treasurer; " + text, self._database)

    def rows(self, collection, where):
        found = self._sql(f"SELECT json_agg(t) FROM (SELECT *, body::text AS body FROM {collection} {where}) t")
        return json.loads(found or "null") or []

    @staticmethod
    def escape(text):
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")

    def fill(self, collection, columns, made):
        names = ", ".join(["key", "version", "updated_ms", "body", *(f'"{c}"' for c in columns)])
        loader = subprocess.Popen([f"{BIN}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
                                   str(self._server.port), "-U", "postgres", "-d", self._database, "-c",
                                   f"COPY treasurer.{collection}({names}) FROM STDIN"], stdin=subprocess.PIPE)
        while True:
            part = list(itertools.islice(made, 10_000))
            if not part:
                break
            lines = ["\t".join([key, str(version), str(time), body,
                                *("\\N" if cell is None else str(cell) for cell in cells)])
                     for key, version, time, body, cells in part]
            loader.stdin.write(("\n".join(lines) + "\n").encode())
        loader.stdin.close()
        if loader.wait() != 0:
            raise AssertionError(f"COPY into {collection} failed")

    def finish(self, collections):
        """As autovacuum leaves it after a while; and everything on the disk, as a commit would have it."""
        for name in collections:
            self._server.sql(f"VACUUM (ANALYZE) treasurer.{name}", self._database)
        self._server.configure(fsync="on")
        self._server.sql("CHECKPOINT")

    def keys(self, collection, column, low, high):
        found = self._sql(f"SELECT json_agg(key ORDER BY {column} DESC, key DESC) FROM {collection} "
                          f"WHERE {column} >= {low} AND {column} < {high}")
        return json.loads(found or "null") or []


def filler_of(site):
    return (PostgresFiller if backends.storage() == "postgres" else SqliteFiller)(site)
