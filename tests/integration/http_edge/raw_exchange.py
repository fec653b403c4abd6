"""The table of raw exchanges as Python reads it, an edge of ours that tells what it was asked, and answers as bytes.

Threads: an EchoEdge belongs to one thread; converse() may be called by many.
"""

import atexit
import os
import re
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from host import BUILD, SOURCE  # noqa: E402,F401

PROGRAM = os.path.join(BUILD, "tests", "echo_edge")
MARKER = b"GET /marker HTTP/1.1\r\nHost: marker\r\nConnection: close\r\n\r\n"


class Exchange:
    """One row of tests/support/http_exchanges.hpp."""

    def __init__(self, line):
        self.rule, statuses, ending, content = line.split("\t")
        self.statuses = [int(status) for status in statuses.split()]
        self.closes = ending == "closes"
        self.bytes = bytes.fromhex(content)


def table():
    listed = subprocess.run([PROGRAM, "--table"], capture_output=True, text=True, timeout=30, check=True).stdout
    return [Exchange(line) for line in listed.splitlines()]


class Echo:
    """A request, as whoever answered it understood it."""

    def __init__(self, told):
        self.told = told
        self.method, self.target, self.host, self.fields, self.body = map(bytes.fromhex, told.split(".")[1:])

    def path(self):
        """The target without what an absolute one names besides."""
        rest = re.sub(rb"^(?i:https?)://[^/?]*", b"", self.target)
        return rest if rest.startswith((b"/", b"*")) else b"/" + rest

    @staticmethod
    def tell(*parts):
        return "".join("." + part.hex() for part in parts)

    def __repr__(self):
        return f"{self.method.decode('latin-1')} {self.target.decode('latin-1')} {self.body!r}"


class EchoEdge:
    """Our edge under the table's limits, ending with this program."""

    def __init__(self, patience_ms=60_000):
        self._process = subprocess.Popen([PROGRAM, str(patience_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, bufsize=1)
        atexit.register(self.end)
        ready = self._process.stdout.readline().split()
        if ready[:1] != ["ready"]:
            raise AssertionError("echo_edge did not become ready")
        self.port = int(ready[1])
        self.address = ("127.0.0.1", self.port)

    def asked(self):
        """What came since it was last looked: how many requests were refused, and the requests that were not."""
        self._process.stdin.write("\n")
        refused, *told = self._process.stdout.readline().split()
        return int(refused), [Echo(text) for text in told]

    def end(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


class Answer:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body
        told = fields.get("x-echo")
        self.echo = Echo(told) if told else None

    def code(self):
        """Of our problem documents; "" for all else."""
        found = re.search(rb'"code":"(\w+)"', self.body)
        return found.group(1).decode() if found else ""

    def says_close(self):
        return "close" in self.fields.get("connection", "").lower()

    def __repr__(self):
        return f"{self.status} {self.code() or self.echo or ''}".strip()


def answers(data):
    """The final answers in a stream that has ended; one without a head (HTTP/0.9) has the status 9 and takes the rest."""
    out = []
    while data:
        head, found, rest = data.partition(b"\r\n\r\n")
        if not data.startswith(b"HTTP/1.") or not found:
            return out + [Answer(9, {}, data)]
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        data = rest
        if status < 200:
            continue
        answer = Answer(status, fields, b"")
        is_without_body = status in (204, 304) or (answer.echo and answer.echo.method == b"HEAD")
        if not is_without_body and not rest.startswith(b"HTTP/1."):
            length = int(fields.get("content-length", len(rest)))
            answer.body, data = rest[:length], rest[length:]
        out.append(answer)
    return out


def converse(address, data, patience=20):
    """Sends all of it on a new connection, and reads what comes until the other side ends."""
    with socket.create_connection(address, timeout=patience) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        try:
            client.sendall(data)
            while part := client.recv(65536):
                received += part
        except ConnectionError:
            pass  # closed over bytes that it had not read; what it said before that has been read
        except TimeoutError as error:
            raise AssertionError(f"still open after {patience} s, having answered {answers(received)} to {data!r}") from error
    return answers(received)
