"""What the tests of copies share: books made through a plugin, `treasurer storage copy` as a process, its answers."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))

from backends import with_section  # noqa: E402
from host import BUILD, CONFIG, PROGRAM  # noqa: E402
from postgres import Postgres  # noqa: E402

PLUGINS = os.path.join(BUILD, "plugins")


class Sqlite:
    """A storage in a file of `folder`."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name)
        self.plugin, self.config = "storage_sqlite", {"path": self.path}

    def text(self):
        return f"{self.plugin}:" + ",".join(f"{key}={value}" for key, value in self.config.items())

    def settings_file(self, path):
        """The default settings with this storage in them, written to `path`."""
        lines = "".join(f"      {key}: {json.dumps(value)}\n" for key, value in self.config.items())
        with open(CONFIG, encoding="utf-8") as file:
            text = with_section(file.read(), "storage", f"  storage:\n    use: {self.plugin}\n    config:\n{lines}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def remove(self):
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(self.path + ending):
                os.remove(self.path + ending)


class PostgresPlace(Sqlite):
    """A schema of one PostgreSQL server."""

    def __init__(self, server, schema):
        self.server, self.schema = server, schema
        self.plugin, self.config = "storage_postgres", {"url": server.url, "schema": schema}

    def remove(self):
        self.server.sql(f"DROP SCHEMA {self.schema} CASCADE")


@contextlib.contextmanager
def places(folder):
    """`place("sqlite" | "postgres", NAME)` makes an empty storage; the server behind some of them ends with this."""
    server = Postgres()
    started = []

    def place(backend, name):
        if backend == "sqlite":
            return Sqlite(folder, name + ".db")
        if not started:
            started.append(server.create().start())
        return PostgresPlace(server, name)

    try:
        yield place
    finally:
        server.remove()


def make_books(place, payments):
    command = [os.path.join(BUILD, "tests", "make_books"), PLUGINS, place.plugin, json.dumps(place.config), str(payments)]
    subprocess.run(command, check=True, timeout=600)


def copy_command(source, target, *more):
    return [PROGRAM, "storage", "copy", "--from", source.text(), "--to", target.text(), *more]


def copy(source, target, *more, expect=0):
    done = subprocess.run(copy_command(source, target, *more), capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != expect:
        raise AssertionError(f"copy: exit {done.returncode}, expected {expect}\n{done.stdout}{done.stderr}")
    return done


def digest(output):
    """Collection -> (count, hash), and "all", from what copy, backup and restore print."""
    out = {}
    for line in output.splitlines():
        fields = line.split("\t")
        if len(fields) == 4:
            out[fields[0]] = (int(fields[1].split()[0]), fields[3])
    return out


class Timed:
    """How long a command took, and how much memory the largest of all so far had, in MiB."""

    def __enter__(self):
        self.began = time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.began
        self.peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
