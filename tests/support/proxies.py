"""nginx and haproxy on loopback, each in a folder of its own, for tests.

Whatever ends the program, what it started ends too. What they are told is the caller's; only folders, ports and
time-outs are added here.
"""

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from ports import free_port

_started = []


def _end_all():
    for proxy in _started:
        proxy.end()


atexit.register(_end_all)


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


class _Proxy:
    """One process that listens on `port` when it is made."""

    def __init__(self, program, package):
        self.path = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        if not self.path:
            sys.exit(f"error: there is no {program}, so nothing is tried beside it; ./dev setup and ./dev test install "
                     f"what the tests need (Debian's package {package})")
        self.folder = tempfile.mkdtemp(prefix=f"treasurer-{program}-")
        self.log = os.path.join(self.folder, "log")
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.process = None
        _started.append(self)

    def write(self, text):
        path = os.path.join(self.folder, "conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def spawn(self, *words):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.path, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd="/", preexec_fn=_die_with_parent)
        deadline = time.monotonic() + 30
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.path} does not listen; it says\n{self.said()}")
            time.sleep(0.01)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(self.address) == 0

    def said(self):
        with open(self.log, "r", encoding="utf-8", errors="replace") as log:
            return log.read()[-4000:]

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if not os.environ.get("TREASURER_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(_Proxy):
    """`http`: what stands in http {}, with LISTEN for where to listen. `patience_ms`: for what a client does not send."""

    def __init__(self, http, patience_ms=1000):
        super().__init__("nginx", "nginx-light")
        paths = "".join(f"    {name}_temp_path {self.folder}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        conf = self.write(f"daemon off;\nmaster_process off;\npid {self.folder}/pid;\nerror_log stderr warn;\n"
                          f"events {{ worker_connections 4000; }}\nhttp {{\n    access_log off;\n{paths}"
                          + "".join(f"    {name}_timeout {patience_ms}ms;\n"
                                    for name in ("client_header", "client_body", "keepalive"))
                          + http.replace("LISTEN", f"127.0.0.1:{self.port}") + "\n}\n")
        self.spawn("-p", self.folder, "-c", conf, "-e", "stderr")


class Haproxy(_Proxy):
    """`sections`: its frontend and backend, with LISTEN for where to listen. `patience_ms`: as for Nginx."""

    def __init__(self, sections, patience_ms=1000):
        super().__init__("haproxy", "haproxy")
        conf = self.write(f"defaults\n    timeout connect 10s\n    timeout client {patience_ms}ms\n    timeout server {patience_ms}ms\n"
                          + sections.replace("LISTEN", f"127.0.0.1:{self.port}") + "\n")
        self.spawn("-db", "-f", conf)
