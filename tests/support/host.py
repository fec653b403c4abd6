"""Hosts as processes: a Site is one data folder with its settings, a Host is one `treasurer serve` on it.

Everything that was started is ended by its own process id when the program ends, whatever ends it. A site that is left
by an exception prints the last lines of its hosts' logs. TREASURER_KEEP=1 keeps the data folders.

Threads: a Site and its Hosts belong to one thread, several sites may be used at once.
"""

import atexit
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import backends
from api_client import Client

SOURCE = os.environ.get("TREASURER_SOURCE") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("TREASURER_BUILD") or os.path.join(SOURCE, "build", "release")
PROGRAM = os.path.join(BUILD, "bin", "treasurer")
CONFIG = os.path.join(SOURCE, "config", "embedded.yaml")
PASSWORD = "correct-horse-battery-staple-7"
# What a sanitizer slows down is waited for longer.
PATIENCE = float(os.environ.get("TREASURER_PATIENCE", "1"))

# What tests want of every host: any free port, no limit on their own speed, cheap password hashes. And requests that wait
# for their turn as long as a slow machine takes: one that is refused for want of time is no error of what is tested.
FOR_TESTS = {"server.port": 0, "rate_limit.enabled": "false", "auth.argon2_memory_kib": 8192, "server.admission_target_ms": 5000}

_living = {}
_living_lock = threading.Lock()


def _end_all():
    with _living_lock:
        for process in _living.values():
            if process.poll() is None:
                process.kill()  # also ends a stopped process
        for process in _living.values():
            process.wait()
        _living.clear()


atexit.register(_end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def wait_until(condition, within, what, every=0.02):
    """Looks again until `condition` says something true, and returns that. For states only another process knows."""
    within *= PATIENCE
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(every)


class Host:
    """One serving process. `url` is known once wait_ready() has said True."""

    def __init__(self, command, log, environment, prepare=None):
        self.log = log
        self.url = ""
        self._output = b""
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                                            env=environment, preexec_fn=prepare)
        with _living_lock:
            _living[self.process.pid] = self.process

    def wait_ready(self, within=30.0 * PATIENCE):
        """True once the host serves, False if it ended, or `within` seconds passed, before that."""
        deadline = time.monotonic() + within
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    return False
                part = os.read(self.process.stdout.fileno(), 4096)
                if not part:
                    return False
                self._output += part
                for line in self._output.decode(errors="replace").splitlines():
                    if line.startswith("ready http://") and self._output.endswith(b"\n"):
                        self.url = line.split(" ", 1)[1].strip()
                        return True

    def client(self, token="", timeout=30.0 * PATIENCE):
        return Client(self.url, token, timeout)

    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait_end(self, within=30.0 * PATIENCE):
        """The exit status; negative: the signal that ended it."""
        code = self.process.wait(within)
        self.process.stdout.close()
        with _living_lock:
            _living.pop(self.process.pid, None)
        return code

    def wait_to(self, moment):
        """Until time.monotonic() is `moment`, or the process ended before."""
        try:
            self.process.wait(max(0.0, moment - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass

    def kill(self):
        """kill -9; for what a test does, and for the end of it."""
        self.process.kill()
        return self.wait_end()

    def stop(self, within=30.0 * PATIENCE):
        """SIGTERM: drains, and ends with 0."""
        self.process.terminate()
        code = self.wait_end(within)
        if code != 0:
            raise AssertionError(f"a host that was asked to stop ended with {code}")

    def log_text(self):
        with open(self.log, "r", errors="replace") as log:
            return log.read()

    def log_tail(self, lines=15):
        with open(self.log, "r", errors="replace") as log:
            return "".join(log.readlines()[-lines:])


class Site:
    def __init__(self, name, settings=None, config=CONFIG, template=None, folder=None):
        """`template`: another site, not running, whose data is copied. `folder`: where the data is; default: a new one
        that is removed at the end."""
        self.name = name
        self.settings = {**FOR_TESTS, **(settings or {})}
        self._own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="treasurer-" + name + "-")
        self.data = os.path.join(self.folder, "data")
        if template:
            shutil.copytree(template.data, self.data)
        else:
            os.makedirs(self.data, exist_ok=True)
        self.config = backends.config_for(self, config, template)
        self.hosts = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for host in self.hosts:
            if host.is_running():
                host.kill()
        if kind is not None:
            print(f"--- {self.name} failed: {error}", flush=True)
            for host in self.hosts[-3:]:
                print(f"--- log of process {host.process.pid}\n{host.log_tail()}", flush=True)
        if self._own and not os.environ.get("TREASURER_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)
        return False

    def _command(self, words, settings):
        command = [PROGRAM, *words, "--config", self.config, "--data", self.data]
        for key, value in {**self.settings, **settings}.items():
            command += ["--set", f"{key}={value}"]
        return command

    @staticmethod
    def _environment():
        return {**os.environ, "TREASURER_ADMIN_PASSWORD": PASSWORD}

    def run(self, *words, text="", settings=None, expect=0, timeout=60 * PATIENCE):
        """Runs one command to its end. `expect`: the exit code, or None for any."""
        done = subprocess.run(self._command(words, settings or {}), input=text, capture_output=True, text=True,
                              timeout=timeout, env=self._environment(), check=False)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"treasurer {' '.join(words)}: exit {done.returncode}, expected {expect}\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def add_user(self, name, *roles):
        words = ["user", "add", name]
        for role in roles:
            words += ["--role", role]
        self.run(*words, text=PASSWORD + "\n")

    def add_vendors(self, vendors):
        path = os.path.join(self.folder, "vendors.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(vendors, file)
        self.run("vendor", "import", path)

    def token(self, user):
        return self.run("token", "--user", user).stdout.strip()

    def spawn(self, prepare=None, words=(), **settings):
        """Starts a host, with more `words` on its command line, and does not wait for it. Settings: dots written as two underscores."""
        settings = {key.replace("__", "."): value for key, value in settings.items()}
        log = os.path.join(self.folder, f"host-{len(self.hosts) + 1}.log")
        host = Host(self._command(["serve", *words], settings), log, self._environment(), prepare)
        self.hosts.append(host)
        return host

    def start(self, prepare=None, words=(), **settings):
        host = self.spawn(prepare, words, **settings)
        if not host.wait_ready():
            raise AssertionError(f"the host did not become ready; its log ends with\n{host.log_tail()}")
        return host
