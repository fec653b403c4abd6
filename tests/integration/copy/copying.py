"""What the tests of copies share: books made through a plugin, `treasurer storage copy` as a process, its answers."""

import json
import os
import resource
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))

from host import BUILD, PROGRAM  # noqa: E402

PLUGINS = os.path.join(BUILD, "plugins")


class Sqlite:
    """A storage in a file of `folder`."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name)
        self.plugin, self.config = "storage_sqlite", {"path": self.path}

    def text(self):
        return f"{self.plugin}:" + ",".join(f"{key}={value}" for key, value in self.config.items())

    def remove(self):
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(self.path + ending):
                os.remove(self.path + ending)


class PostgresPlace(Sqlite):
    """A schema of one PostgreSQL server."""

    def __init__(self, url, schema):
        self.plugin, self.config = "storage_postgres", {"url": url, "schema": schema}

    def remove(self):
        raise NotImplementedError


def offers_copies(plugin):
    """Whether the plugin is built and has the optional interface."""
    path = os.path.join(PLUGINS, plugin + ".so")
    if not os.path.exists(path):
        return False
    with open(path, "rb") as file:
        return b"atr.storage.copy/1" in file.read()


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
