#!/usr/bin/env python3
"""A host in bad surroundings: a plugin file that is not there, a typo in the settings, a port in use, a data folder that
is read-only, a disk that is full. Each gives one clear line, or a 503 until it is mended; no money is lost by any."""

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile

from money_site import QUICK, Site, invoice_text, money_site, prepare, submit, told

import backends
from books import Books, check_all
from host import BUILD, CONFIG, wait_until

DISK = 24 << 20  # bytes of the small disk


def require(condition, what):
    if not condition:
        raise AssertionError(what)


def refused_start(site, *parts, words=("serve",), settings=None, code=2):
    """The command ends with `code` and one line of error, beside those of the log, that holds all `parts`."""
    done = site.run(*words, settings=settings, expect=code)
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("{")]
    require(len(lines) == 1 and lines[0].startswith("error: "), f"not one line of error: {done.stderr!r}")
    for part in parts:
        require(part in lines[0], f"{part!r} is not in {lines[0]!r}")
    require("terminate called" not in done.stderr and "what():" not in done.stderr, f"an exception's text: {lines[0]}")
    print(f"  {lines[0]}", flush=True)


@contextlib.contextmanager
def small_disk(site):
    """The site's data folder on a disk of its own. Yields False where mounting is not allowed."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", site.data], capture_output=True,
                          text=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            for host in site.hosts:
                if host.is_running():
                    host.kill()
            subprocess.run(["umount", "-l", site.data], check=False)


def missing_plugin():
    with money_site("no-plugin") as site:
        refused_start(site, "storage_sqlit", "no such file", "storage_sqlite", settings={"plugins.storage.use": "storage_sqlit"})
        plugins = os.path.join(site.folder, "plugins")
        shutil.copytree(os.path.join(BUILD, "plugins"), plugins, ignore=lambda _, names: [
            name for name in names if not name.endswith(".so") or name == "rail_simulated.so"])
        refused_start(site, "rail_simulated.so", "no such file", settings={"plugins.dir": plugins})
        with open(os.path.join(plugins, "rail_simulated.so"), "w", encoding="ascii") as file:
            file.write("not a library\n")
        refused_start(site, "rail_simulated.so", "not a shared object", settings={"plugins.dir": plugins})


def settings_typo():
    with open(CONFIG, encoding="utf-8") as file:
        lines = file.read().split("\n")
    row = next(n for n, line in enumerate(lines) if line.startswith("  lease_ms:"))
    with money_site("typo") as site:
        path = os.path.join(site.folder, "typo.yaml")
        lines[row] = lines[row].replace("lease_ms", "leese_ms")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        with_typo = Site("typo", config=path, folder=site.folder)
        refused_start(with_typo, f"{path}:{row + 1}:3:", "leese_ms", "did you mean 'lease_ms'?")
        lines[row] = "  lease_ms: soon"
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        refused_start(with_typo, f"{path}:{row + 1}:", "lease_ms")
        refused_start(site, "--set", "servr", "did you mean 'server'?", settings={"servr.port": 1})
        refused_start(site, "bank", "unknow_every", "did you mean 'unknown_every'?",
                      settings={"plugins.rails.bank.config.unknow_every": 5})
        refused_start(Site("typo", config=os.path.join(site.folder, "nowhere.yaml"), folder=site.folder), "nowhere.yaml")


def port_in_use():
    with money_site("port") as site, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = site.run("serve", settings={"server.port": port, "log.file": os.path.join(site.folder, "log")}, expect=2)
        require(f"error: cannot listen on 127.0.0.1:{port}: Address already in use" in done.stderr, done.stderr)
        print(f"  {done.stderr.strip()}", flush=True)
        fresh = os.path.join(site.folder, "fresh")
        done = site.run("serve", "--data", fresh, settings={"server.port": port}, expect=2)
        require("password" not in done.stdout and not os.path.exists(fresh), f"a first start was begun: {done.stdout!r}")
        host = site.start()  # nothing was left locked
        host.stop()


def read_only_folder():
    with money_site("read-only") as template, Site("read-only", QUICK) as site, small_disk(site) as mounted:
        if not mounted:
            if os.geteuid() == 0:
                print("  read-only folder: SKIPPED, mounting is not allowed and permissions do not bind root")
                return
            os.chmod(site.data, 0o500)
        else:
            for name in os.listdir(template.data):
                shutil.copy2(os.path.join(template.data, name), site.data)
            subprocess.run(["mount", "-o", "remount,ro", site.data], check=True)
        refused_start(site, site.data, "read-only" if mounted else "")
        subprocess.run(["mount", "-o", "remount,rw", site.data], check=True) if mounted else os.chmod(site.data, 0o700)
        if not mounted:
            prepare(site)
        host = site.start()
        answer = submit(host.client(site.token("clerk")), invoice_text("R-00001", "12.50"), "wait=20")
        require(answer.status == 200, f"writable again, and it does not pay: {answer}")
        check_all(site, host.client(site.token("boss")), dict([told(answer)]))
        host.stop()


class FullByMount:
    """A small disk that another file fills."""

    name = "a disk of its own"
    prepare = None

    def __init__(self, site):
        self.file = os.path.join(site.data, "filler")

    def fill(self, _host):
        with open(self.file, "ab", buffering=0) as filler:
            for size in (1 << 16, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        filler.write(b"x" * size)

    def mend(self, _host):
        os.remove(self.file)


class FullByLimit:
    """Where mounting is not allowed: no file may grow."""

    name = "a limit on file sizes"

    def __init__(self, _site):
        pass

    @staticmethod
    def prepare():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def fill(self, host):
        resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

    def mend(self, host):
        resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def full_disk(by_mount=True):
    settings = {**QUICK, "commit.timeout_ms": 1000, "plugins.storage.config.cache_mib": 1}
    with Site("full-disk", settings) as site, small_disk(site) if by_mount else contextlib.nullcontext(False) as mounted:
        disk = (FullByMount if mounted else FullByLimit)(site)
        prepare(site)
        host = site.start(prepare=disk.prepare)
        client = host.client(site.token("clerk"), timeout=60)
        boss = site.token("boss")
        acknowledged = dict([wait_until(lambda: told(submit(client, invoice_text("L-00000", "12.50"))), 60, "one is taken")])
        disk.fill(host)
        refused, number = 0, 0
        while refused < 3:
            number += 1
            require(number < 5000, "the disk is full, and invoices are still taken")
            answer = submit(client, invoice_text(f"L-{number:05}", "12.50"))
            known = told(answer)
            if known:
                acknowledged[known[0]] = known[1]
                continue
            require(answer.status == 503 and answer.code() in ("unavailable", "outcome_unknown"), f"full: {answer}")
            require(b"sqlite" not in answer.body.lower() and site.data.encode() not in answer.body, f"insides: {answer}")
            refused += 1
        require(host.client().get("/health/live").status == 200, "a full disk made the host unhealthy to its clients")
        disk.mend(host)
        for again in range(1, number + 1):
            def taken(again=again):
                return told(submit(client, invoice_text(f"L-{again:05}", "12.50")))
            known = wait_until(taken, 30, "with room again, every invoice is taken")
            acknowledged.setdefault(known[0], known[1])
        moved = check_all(site, host.client(boss), acknowledged)
        require(moved == number + 1, f"{moved} paid, {number + 1} invoices")
        host.stop()
        print(f"  full disk ({disk.name}): {number - 2} taken before, 3 told to come back, all {moved} paid once after",
              flush=True)


def lines_of(host, message):
    """The lines of a host's log that say `message`; each line of the log is JSON."""
    with open(host.log, encoding="utf-8", errors="replace") as log:
        return [line for line in map(json.loads, log) if line["msg"] == message]


def table_gone():
    """A table is taken away: not ready, the cause is named to operators alone, and nothing of it reaches a client."""
    with money_site("table-gone") as site:
        if backends.storage() != "sqlite":
            print("  a table that is gone: tried with SQLite only", flush=True)
            return
        host = site.start()
        reader, ready = host.client(site.token("boss")), lambda: host.client().get("/health/ready")
        require(ready().json()["services"]["database"]["status"] == "healthy", f"{ready()}")
        require(ready().json()["quarantined"] is False, f"{ready()}")

        def rename(old, new):
            with contextlib.closing(sqlite3.connect(os.path.join(site.data, "treasurer.db"), timeout=60)) as books:
                books.execute(f"ALTER TABLE {old} RENAME TO {new}")

        rename("payments", "elsewhere")
        answer = wait_until(lambda: (lambda one: one if one.status != 200 else None)(ready()), 20, "it is not ready")
        database = answer.json()["services"]["database"]
        require(answer.status == 503 and database["status"] == "unhealthy" and database["cause"], f"{answer}")
        for path in ("/api/v1/payments", "/api/v1/payments/01890000-0000-7000-8000-000000000000"):
            answer = reader.get(path)
            require(answer.status in (500, 503), f"{path}: {answer}")
            require(b"no such table" not in answer.body and b"sqlite" not in answer.body.lower(), f"insides: {answer}")
            told_to_client = answer.json()["request_id"]
            line = wait_until(lambda wanted=told_to_client: [
                one for one in lines_of(host, "request") if one["request_id"] == wanted], 60, "the request is logged")[0]
            require("no such table" in line["cause"], f"the log does not say why: {line}")
        failures = lines_of(host, "plugin call failed")
        require(any("no such table" in one["said"] and one["instance"] == "storage" for one in failures), f"{failures}")
        require(len(failures) < 20, f"{len(failures)} lines for one cause")
        rename("elsewhere", "payments")
        wait_until(lambda: ready().status == 200, 20, "the table is back, and the host is ready")
        host.stop()
        print(f"  a table that is gone: not ready ({database['cause']}), {len(failures)} lines in the log", flush=True)


def others_on_the_machine():
    """Invoices and password hashes are nobody else's to read, whatever umask the host was started with."""
    before = os.umask(0)
    try:
        with money_site("others") as site:
            host = site.start()
            host.stop()
            for folder, _, files in os.walk(site.data):
                for path in (folder, *(os.path.join(folder, name) for name in files)):
                    mode = os.stat(path).st_mode & 0o777
                    require(path == site.data or mode & 0o077 == 0, f"{path} is {mode:o}: others may use it")
            made = os.listdir(site.data)
            require("treasurer.db" in made, f"no database was made: {made}")
            print(f"  others on the machine may read none of {len(made)} files", flush=True)
    finally:
        os.umask(before)


def another_blob_key():
    """A host that could not open what others sealed does not serve."""
    with money_site("blob-key") as site:
        site.start().stop()
        os.remove(os.path.join(site.data, "blobs.key"))
        refused_start(site, "not the one that seals this storage's payments", "payments.blob_key", "--new-blob-key")
        done = site.start(words=("--new-blob-key",))
        answer = submit(done.client(site.token("clerk")), invoice_text("K-00001", "12.50"), "wait=20")
        require(answer.status == 200, f"with a new key nothing is paid: {answer}")
        done.stop()
        site.start().stop()


def full_disk_at_commit_b(count=20):
    """The disk fills after Commit A, while the rail, on a disk of its own, is moving the money."""
    with tempfile.TemporaryDirectory() as elsewhere:
        bank = os.path.join(elsewhere, "bank.db")
        settings = {**QUICK, "commit.timeout_ms": 1000, "plugins.storage.config.cache_mib": 1,
                    "plugins.rails.bank.config.path": bank, "plugins.rails.bank.config.latency": 1500}
        with Site("full-disk-b", settings) as site, small_disk(site) as mounted:
            if not mounted:
                print("  full disk at Commit B: not tried, mounting is not allowed here", flush=True)
                return
            prepare(site)
            os.symlink(bank, os.path.join(site.data, "bank.db"))
            disk = FullByMount(site)
            host = site.start()
            client, boss = host.client(site.token("clerk"), timeout=60), site.token("boss")
            books = Books(site)
            acknowledged = dict(wait_until(lambda number=number: told(
                submit(client, invoice_text(f"B-{number:05}", "12.50"), "respond-async")), 60, "it is taken")
                for number in range(count))
            disk.fill(host)
            wait_until(lambda: len(books.moved()) == count, 120, "the rail moves all of it")
            waiting = len(books.open_payments())
            require(waiting > 0, "every payment was booked on a full disk: the test proves nothing")
            require(host.client().get("/health/live").status == 200, "a full disk made the host unhealthy to its clients")
            disk.mend(host)
            wait_until(lambda: not books.open_payments(), 30, "with room again, every payment is booked")
            moved = check_all(site, host.client(boss), acknowledged)
            require(moved == count, f"{moved} paid, {count} invoices")
            host.stop()
            print(f"  full disk at Commit B: {count} moved at the rail, {waiting} of them booked once there was room",
                  flush=True)


def main():
    print("bad_surroundings", flush=True)
    missing_plugin()
    settings_typo()
    port_in_use()
    read_only_folder()
    others_on_the_machine()
    another_blob_key()
    table_gone()
    full_disk()
    full_disk(by_mount=False)
    full_disk_at_commit_b()
    print("bad_surroundings: each told in one line or one 503, and nothing lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
