#!/usr/bin/env python3
"""PostgreSQL 15 and pgbouncer on loopback, in folders of their own, for tests.

As a module: Postgres is one server, Pgbouncer one pooler before it. Whatever ends the program, its servers end too.

As a command:
    postgres.py serve            one server for the program that started this one. "ready URL" when it is up; then one
                                 word a line on standard input, each answered by "ok VALUE" or "error TEXT" (see WORDS).
                                 Ends when standard input does.
    postgres.py start FOLDER     one server for several programs (ctest: FIXTURES_SETUP). FOLDER/url holds its URL. It
                                 ends with `stop`, or when the parent of this command, ctest, does.
    postgres.py stop FOLDER      (ctest: FIXTURES_CLEANUP)
"""

import atexit
import ctypes
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from ports import free_port

BIN = os.environ.get("ATR_POSTGRES_BIN", "/usr/lib/postgresql/15/bin")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_level": "replica",
    "max_wal_senders": "8",
    "hot_standby": "on",
    "autovacuum_naptime": "5s",
    "log_min_messages": "warning",
}
_started = []


def _stop_all():
    while _started:
        _started[-1].remove()


atexit.register(_stop_all)


def wait_until(condition, within, what):
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(0.02)


def _as_postgres():
    """Popen arguments: PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _give(path):
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _die_with_parent(number):
    def prepare():
        ctypes.CDLL(None).prctl(1, number)  # PR_SET_PDEATHSIG
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
    return prepare


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **_as_postgres(), check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


class _Server:
    """A process with a log; `number`: the signal that ends it when this program is killed."""

    def __init__(self, folder):
        self._own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="treasurer-postgres-")
        os.makedirs(self.folder, exist_ok=True)
        _give(self.folder)
        self.log = os.path.join(self.folder, "log")
        self.port = free_port()
        self.process = None
        _started.append(self)

    def _spawn(self, command, number):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                            preexec_fn=_die_with_parent(number), **_as_postgres())

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def log_tail(self, lines=20):
        with open(self.log, "r", errors="replace") as log:
            return "".join(log.readlines()[-lines:])

    def _wait_for(self, answers, what):
        def up():
            if not self.is_running():
                raise RuntimeError(f"{what} ended\n{self.log_tail()}")
            return answers()
        wait_until(up, 30, f"{what} answers")

    def _end(self, number):
        if self.is_running():
            self.process.send_signal(number)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def remove(self):
        self.stop("immediate")
        if self in _started:
            _started.remove(self)
        if self._own and not os.environ.get("TREASURER_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(_Server):
    def __init__(self, folder=None, **settings):
        """Settings: of postgresql.conf, beside SETTINGS."""
        super().__init__(folder)
        self.data = os.path.join(self.folder, "data")
        self.settings = {**SETTINGS, **settings}

    @property
    def url(self):
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def create(self):
        _run(f"{BIN}/initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        return self

    def start(self):
        command = [f"{BIN}/postgres", "-D", self.data, "-p", str(self.port)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        self._spawn(command, signal.SIGQUIT)
        self._wait_for(lambda: subprocess.run([f"{BIN}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                                              check=False).returncode == 0, "PostgreSQL")
        return self

    def stop(self, how="fast"):
        """fast: sessions are ended, then a checkpoint; immediate: as in a crash."""
        self._end(signal.SIGINT if how == "fast" else signal.SIGQUIT)

    def crash(self):
        self.stop("immediate")

    def _signal_all(self, number):
        """To the server and every process of it, the server first: it starts none meanwhile."""
        self.process.send_signal(number)
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="utf-8") as children:
            for child in children.read().split():
                os.kill(int(child), number)

    def hang(self):
        """It takes connections, for the kernel does, and answers nothing."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self):
        self._signal_all(signal.SIGCONT)

    def sql(self, text, database="postgres"):
        """The answer as text, columns by '|'."""
        return _run(f"{BIN}/psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
                    str(self.port), "-U", "postgres", "-d", database, "-c", text).strip()

    def configure(self, **settings):
        """Settings that a reload takes up."""
        for name, value in settings.items():
            self.sql(f"ALTER SYSTEM SET {name} = '{value}'")
        self.sql("SELECT pg_reload_conf()")

    def replica(self, name="replica"):
        """A streaming standby, running. The primary knows it by `name`."""
        standby = Postgres(os.path.join(self.folder, name))
        _run(f"{BIN}/pg_basebackup", "-D", standby.data, "-R", "-X", "stream", "-c", "fast", "-d",
             f"host=127.0.0.1 port={self.port} user=postgres application_name={name}")
        return standby.start()

    def synchronous_replica(self, name="replica"):
        """One that every commit waits for from here on."""
        standby = self.replica(name)
        self.configure(synchronous_standby_names=name)
        wait_until(lambda: self.sql("SELECT sync_state FROM pg_stat_replication") == "sync", 30, "a sync standby")
        return standby

    def cut_off(self):
        """A standby that hears no more of its primary, as if the network between them were gone; it goes on answering."""
        self.configure(primary_conninfo="")
        wait_until(lambda: self.sql("SELECT count(*) FROM pg_stat_wal_receiver") == "0", 30, "it receives no more")

    def promote(self):
        self.sql("SELECT pg_promote(true, 30)")

    def make_tls(self):
        """A certificate for 127.0.0.1, signed by itself. Before start(). Returns its path."""
        certificate, key = os.path.join(self.data, "server.crt"), os.path.join(self.data, "server.key")
        _run("openssl", "req", "-new", "-x509", "-days", "2", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", key)
        self.settings["ssl"] = "on"
        return certificate


class Pgbouncer(_Server):
    def __init__(self, postgres, mode, pool=20):
        super().__init__(tempfile.mkdtemp(prefix="treasurer-pgbouncer-"))
        self._own = True
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        path = os.path.join(self.folder, "pgbouncer.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"[databases]\n* = host=127.0.0.1 port={postgres.port} user=postgres\n"
                       f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nauth_type = any\n"
                       f"unix_socket_dir =\npool_mode = {mode}\ndefault_pool_size = {pool}\nmax_client_conn = 500\n"
                       "ignore_startup_parameters = extra_float_digits\n")
        _give(path)
        self._spawn([shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", path], signal.SIGKILL)
        self._wait_for(self._answers, "pgbouncer")

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, how="fast"):
        self._end(signal.SIGKILL if how == "immediate" else signal.SIGTERM)


class Control:
    """The words of `serve`, for one server and what stands beside it."""

    def __init__(self):
        self.server = Postgres().create()
        self.server.start()
        self.standby = None
        self.pooler = None

    def crash(self):
        self.server.crash()

    def start(self):
        self.server.start()

    def stop(self):
        self.server.stop()

    def hang(self):
        self.server.hang()

    def go_on(self):
        self.server.go_on()

    def freeze(self):
        """Ends the primary without a word, as a power cut would."""
        self.server.crash()

    def replica(self):
        self.standby = self.server.replica()
        return self.standby.url

    def synchronous(self):
        """Commits wait for the standby from here on."""
        self.server.configure(synchronous_standby_names="replica")
        wait_until(lambda: self.server.sql("SELECT sync_state FROM pg_stat_replication") == "sync", 30, "a sync standby")

    def pause_replay(self):
        self.standby.sql("SELECT pg_wal_replay_pause()")
        wait_until(lambda: self.standby.sql("SELECT pg_get_wal_replay_pause_state()") == "paused", 30, "replay pauses")

    def resume_replay(self):
        self.standby.sql("SELECT pg_wal_replay_resume()")

    def promote(self):
        self.standby.promote()

    def pgbouncer_session(self):
        return self._pooler("session")

    def pgbouncer_transaction(self):
        return self._pooler("transaction")

    def _pooler(self, mode):
        if self.pooler:
            self.pooler.remove()
        self.pooler = Pgbouncer(self.server, mode)
        return self.pooler.url

    def tls(self):
        self.server.stop()
        certificate = self.server.make_tls()
        self.server.start()
        copy = os.path.join(self.server.folder, "root.crt")
        shutil.copy(certificate, copy)
        os.chmod(copy, 0o644)
        os.chmod(self.server.folder, 0o755)
        return copy

    def scram_user(self):
        """A role `guarded` that needs its password, `let-me-in`."""
        path = os.path.join(self.server.data, "pg_hba.conf")
        with open(path, encoding="utf-8") as file:
            rules = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write("host all guarded 127.0.0.1/32 scram-sha-256\n" + rules)
        self.server.sql("SET password_encryption = 'scram-sha-256'; CREATE ROLE guarded LOGIN PASSWORD 'let-me-in'; "
                        "GRANT CREATE ON DATABASE postgres TO guarded")
        self.server.sql("SELECT pg_reload_conf()")


WORDS = [name for name in vars(Control) if not name.startswith("_")]


def serve():
    control = Control()
    print("ready", control.server.url, flush=True)
    for line in sys.stdin:
        word = line.strip()
        try:
            if word not in WORDS:
                raise ValueError(f"unknown word {word!r}; known: {' '.join(WORDS)}")
            print("ok", getattr(control, word)() or "", flush=True)
        except Exception as error:  # whatever it was, the caller is told
            print("error", str(error).replace("\n", " / "), flush=True)
    for server in (control.pooler, control.standby, control.server):
        if server:
            server.remove()


def start(folder):
    parent = os.pidfd_open(os.getppid())
    reader, writer = os.pipe()
    if os.fork() > 0:
        os.close(writer)
        with os.fdopen(reader) as told:
            line = told.read()
        print(line.strip() or "PostgreSQL did not start")
        return 0 if line.startswith("ready") else 1
    os.close(reader)
    os.setsid()
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    shutil.rmtree(folder, ignore_errors=True)
    server = Postgres(folder).create().start()
    with open(os.path.join(folder, "url"), "w", encoding="utf-8") as file:
        file.write(server.url)
    with open(os.path.join(folder, "keeper"), "w", encoding="utf-8") as file:
        file.write(str(os.getpid()))
    os.write(writer, f"ready {server.url}\n".encode())
    os.close(writer)
    select.select([parent], [], [])
    server.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def stop(folder):
    path = os.path.join(folder, "keeper")
    if not os.path.exists(path):
        return 0
    with open(path, encoding="utf-8") as file:
        keeper = int(file.read())
    try:
        os.kill(keeper, signal.SIGTERM)
    except ProcessLookupError:
        pass
    wait_until(lambda: not os.path.exists(f"/proc/{keeper}"), 30, "the keeper ends")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    words = sys.argv[1:]
    if words == ["serve"]:
        return serve()
    if len(words) == 2 and words[0] in ("start", "stop"):
        return {"start": start, "stop": stop}[words[0]](os.path.abspath(words[1]))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
