#!/usr/bin/env python3
"""Real Redis servers on loopback, in temporary folders, for tests. As a module:

    with Standalone() as site: site.servers["redis"].kill()

As a command, for tests in other languages and for ctest's fixtures:

    redis_server.py run KIND             describes the site in one JSON line, then obeys lines of standard input
                                         ("kill NAME", "start NAME", "pause NAME", "go_on NAME", "cli NAME ["PING"]"),
                                         each answered by one JSON line; ends with its standard input
    redis_server.py start KIND --state FILE   the same in the background: FILE has the JSON, until
    redis_server.py stop --state FILE         or the process that called `start` has ended

KIND is standalone (users, TLS), sentinel (master, replica, three Sentinels) or cluster (three masters and one node
without slots). Servers never outlive their keeper, whatever ends it: the kernel kills them.

Threads: a site belongs to one thread.
"""

import argparse
import atexit
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from ports import free_ports

PASSWORD = "correct-horse-9"
SENTINEL_PASSWORD = "watchful-eye-3"
# What docs/operate.md says the user of the cache needs, and nothing more.
CACHE_RIGHTS = ("~at:* &at:* -@all +get +pttl +evalsha +eval +getrange +set +del +incrby +pexpire +publish +subscribe +info"
                " +unsubscribe +ping +select +role +client|setname")
CLUSTER_RIGHTS = CACHE_RIGHTS + " +spublish +ssubscribe +sunsubscribe +cluster|slots +asking"

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait(condition, what, within=30.0):
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {within:g} s: {what}")
        time.sleep(0.02)


class Server:
    """One redis-server process. It keeps its port and its folder over a kill, and nothing else."""

    def __init__(self, folder, name, port, settings, password="", sentinel=False):
        self.name, self.port, self.password = name, port, password
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        self.config = os.path.join(self.folder, "redis.conf")
        lines = [f"port {port}", "bind 127.0.0.1", f"dir {self.folder}", f"logfile {self.folder}/log", "daemonize no"]
        if not sentinel:
            lines += ['save ""', "appendonly no", "enable-debug-command local", "repl-diskless-sync-delay 0"]
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("\n".join(lines + settings) + "\n")
        self.sentinel = sentinel
        self.process = None

    def start(self):
        command = ["redis-server", self.config] + (["--sentinel"] if self.sentinel else [])
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent)
        _wait(lambda: self.cli("PING").strip() == "PONG", f"{self.name} answers; see {self.folder}/log")

    def cli(self, *words):
        """What redis-cli prints."""
        environment = {**os.environ, "REDISCLI_AUTH": self.password} if self.password else os.environ
        done = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=environment, check=False)
        return done.stdout

    def kill(self):
        if self.process:
            self.process.kill()  # also ends a stopped process
            self.process.wait()
            self.process = None

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


class Site:
    """Servers that belong together. `facts` is what a client must know of them."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="redis-")
        self.servers, self.facts = {}, {}
        try:
            self.build()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close_at_exit(self):
        atexit.register(self.close)
        return self

    def close(self):
        for server in self.servers.values():
            server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, name, port, settings, **options):
        self.servers[name] = Server(self.folder, name, port, settings, **options)
        self.servers[name].start()
        return self.servers[name]

    def describe(self):
        pids = {name: server.process.pid for name, server in self.servers.items()}
        ports = {name: server.port for name, server in self.servers.items()}
        return {**self.facts, "folder": self.folder, "ports": ports, "pids": pids}


class Standalone(Site):
    """One server: plain and TLS, the user `treasurer` with the rights of a cache, `reader` that may only read, `deaf`
    that may do all with keys and nothing on the bus."""

    def build(self):
        port, tls_port = free_ports(2)
        make_certificates(self.folder)
        with open(os.path.join(self.folder, "password"), "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        users = [f"user default on >{PASSWORD} ~* &* +@all", f"user treasurer on >{PASSWORD} {CACHE_RIGHTS}",
                 f"user deaf on >{PASSWORD} ~at:* resetchannels +@all",
                 f"user reader on >{PASSWORD} ~at:* resetchannels -@all +get +pttl +ping"]
        tls = [f"tls-port {tls_port}", f"tls-cert-file {self.folder}/server.crt", f"tls-key-file {self.folder}/server.key",
               f"tls-ca-cert-file {self.folder}/ca.crt", "tls-auth-clients optional"]
        self.add("redis", port, users + tls, password=PASSWORD)
        self.facts = {"password": PASSWORD, "tls_port": tls_port, "ca": f"{self.folder}/ca.crt",
                      "other_ca": f"{self.folder}/other_ca.crt", "certificate": f"{self.folder}/client.crt",
                      "key": f"{self.folder}/client.key"}


class Sentinel(Site):
    """A master with one replica, watched by three Sentinels that need 3 s to notice its death."""

    def build(self):
        ports = free_ports(5)
        login = [f"requirepass {PASSWORD}", f"masterauth {PASSWORD}", "repl-ping-replica-period 1"]
        master = self.add("master", ports[0], login, password=PASSWORD)
        self.add("replica", ports[1], login + [f"replicaof 127.0.0.1 {ports[0]}"], password=PASSWORD)
        watch = [f"sentinel monitor main 127.0.0.1 {ports[0]} 2", f"sentinel auth-pass main {PASSWORD}",
                 "sentinel down-after-milliseconds main 3000", "sentinel failover-timeout main 2000",
                 f"requirepass {SENTINEL_PASSWORD}", f"sentinel sentinel-pass {SENTINEL_PASSWORD}"]
        _wait(lambda: "state=online" in master.cli("INFO", "replication"), "the replica follows")
        for i in (1, 2, 3):
            self.add(f"sentinel{i}", ports[1 + i], watch, password=SENTINEL_PASSWORD, sentinel=True)
        _wait(lambda: all(self.knows_all(self.servers[f"sentinel{i}"]) for i in (1, 2, 3)), "the Sentinels know all")
        self.facts = {"password": PASSWORD, "sentinel_password": SENTINEL_PASSWORD, "master": "main"}

    @staticmethod
    def knows_all(sentinel):
        words = sentinel.cli("SENTINEL", "MASTER", "main").split("\n")
        told = dict(zip(words[0::2], words[1::2]))
        return told.get("num-slaves") == "1" and told.get("num-other-sentinels") == "2"


class Cluster(Site):
    """Nodes n1, n2, n3 with a third of the slots each, and n4 with none; the user `treasurer` as in Standalone."""

    def build(self):
        ports = free_ports(8)
        for i in range(4):
            self.add(f"n{i + 1}", ports[i], ["cluster-enabled yes", "cluster-node-timeout 15000",
                                             f"cluster-port {ports[4 + i]}", "cluster-require-full-coverage no",
                                             f"user treasurer on >{PASSWORD} {CLUSTER_RIGHTS}"])
        nodes = list(self.servers.values())
        addresses = [f"127.0.0.1:{server.port}" for server in nodes[:3]]
        created = subprocess.run(["redis-cli", "--cluster", "create", *addresses, "--cluster-yes"], capture_output=True,
                                 text=True, check=False)
        if created.returncode != 0:
            raise RuntimeError(created.stdout + created.stderr)
        nodes[3].cli("CLUSTER", "MEET", "127.0.0.1", str(nodes[0].port), str(ports[4]))
        _wait(lambda: all(self.knows_all(server) for server in nodes), "the nodes know each other and all slots")
        self.facts = {"ids": {name: server.cli("CLUSTER", "MYID").strip() for name, server in self.servers.items()}}

    @staticmethod
    def knows_all(server):
        info = server.cli("CLUSTER", "INFO")
        return all(fact in info for fact in ("cluster_state:ok", "cluster_slots_ok:16384", "cluster_known_nodes:4"))


KINDS = {"standalone": Standalone, "sentinel": Sentinel, "cluster": Cluster}


def make_certificates(folder):
    """ca.crt with server.crt (127.0.0.1, localhost) and client.crt; other_ca.crt, which signed nothing here."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for ca in ("ca", "other_ca"):
        openssl("req", "-x509", *key, "-keyout", f"{ca}.key", "-out", f"{ca}.crt", "-subj", f"/CN={ca}", "-days", "2")
    with open(os.path.join(folder, "names"), "w", encoding="utf-8") as file:
        file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for name in ("server", "client"):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                f"{name}.crt", "-days", "2", "-extfile", "names")


def obey(site, line):
    verb, name, *rest = line.split(" ", 2)
    server = site.servers[name]
    if verb == "cli":
        return server.cli(*json.loads(rest[0]))
    if verb not in ("kill", "start", "pause", "go_on"):
        raise ValueError(f"no such command: {verb}")
    getattr(server, verb)()
    return "done"


def run(kind):
    with KINDS[kind]() as site:
        print(json.dumps(site.describe()), flush=True)
        for line in sys.stdin:
            print(json.dumps({"answer": obey(site, line.rstrip("\n"))}), flush=True)


def keep(kind, state, guarded):
    """Until told to end, or the process `guarded` has."""
    asked_to_end = []
    signal.signal(signal.SIGTERM, lambda *_: asked_to_end.append(True))
    watched = os.pidfd_open(guarded)
    with KINDS[kind]() as site:
        with open(state + ".new", "w", encoding="utf-8") as file:
            json.dump({**site.describe(), "keeper": os.getpid()}, file)
        os.rename(state + ".new", state)
        while not asked_to_end and not select.select([watched], [], [], 0.2)[0]:
            pass


def start(kind, state):
    if os.path.exists(state):
        os.remove(state)
    os.makedirs(os.path.dirname(os.path.abspath(state)), exist_ok=True)
    command = [sys.executable, os.path.abspath(__file__), "keep", kind, "--state", state, "--guarded", str(os.getppid())]
    with open(state + ".log", "wb") as log:
        keeper = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    _wait(lambda: os.path.exists(state) or keeper.poll() is not None, f"{kind} is up", within=60.0)
    if keeper.poll() is not None:
        with open(state + ".log", encoding="utf-8") as log:
            sys.exit(log.read())


def stop(state):
    with open(state, encoding="utf-8") as file:
        keeper = json.load(file)["keeper"]
    os.remove(state)
    try:
        watched = os.pidfd_open(keeper)
        signal.pidfd_send_signal(watched, signal.SIGTERM)
    except ProcessLookupError:
        return
    select.select([watched], [], [], 30.0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=["run", "start", "keep", "stop"])
    parser.add_argument("kind", nargs="?", choices=sorted(KINDS))
    parser.add_argument("--state")
    parser.add_argument("--guarded", type=int)
    words = parser.parse_args()
    if words.verb == "run":
        run(words.kind)
    elif words.verb == "start":
        start(words.kind, words.state)
    elif words.verb == "keep":
        keep(words.kind, words.state, words.guarded)
    else:
        stop(words.state)


if __name__ == "__main__":
    main()
