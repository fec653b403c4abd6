"""What strangers do to a host, on a real one: each attack leaves it serving, and its descriptors and memory where they were.

    attacks.py [NAME ...] [--idle N] [--gigabytes N] [--growth MIB]

Prints the figures of each. /health is asked all the while and must always answer. Needs as many descriptors as --idle
connections; where the hard limit allows fewer, it makes do with those.
"""

import argparse
import os
import resource
import socket
import struct
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from host import PASSWORD, Site, wait_until  # noqa: E402

KIB, MIB = 1024, 1024 * 1024


class Victim:
    """The host under attack, and what it holds."""

    def __init__(self, host):
        self.host = host
        parts = urllib.parse.urlsplit(host.url)
        self.address = (parts.hostname, parts.port)

    def connect(self):
        return socket.create_connection(self.address, timeout=20)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.host.process.pid}/fd"))

    def resident(self):
        with open(f"/proc/{self.host.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Witness:
    """Asks /health on a new connection, again and again, until it is left."""

    def __init__(self, victim):
        self._victim = victim
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.answers, self.slowest, self.failure = 0, 0.0, None

    def _watch(self):
        while not self.failure:  # once at the least, however short the attack
            begun = time.monotonic()
            try:
                client = self._victim.host.client(timeout=60)
                answer = client.send("GET", "/health")
                client.close()
                check(answer.status == 200, f"/health says {answer}")
            except Exception as error:  # whatever it is, the attack has got through
                self.failure = error
                return
            self.answers += 1
            self.slowest = max(self.slowest, time.monotonic() - begun)
            if self._over.wait(0.02):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def first_line(client):
    """The status line of the answer that comes next; "" when the host just closes."""
    read = b""
    while b"\r\n" not in read:
        try:
            part = client.recv(4096)
        except ConnectionError:
            part = b""
        if not part:
            break
        read += part
    return read.split(b"\r\n")[0].decode()


def bodies(victim, _options):
    """Large bodies of nobody, to no path at all: none is waited for, and everybody else's are read."""
    held = []
    for size in (MIB,) * 64 + (64 * KIB,) * 20 + (4 * KIB,) * 30:
        client = victim.connect()
        client.settimeout(20)
        try:
            client.sendall(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + b"x" * (size - 8))
        except ConnectionError:
            pass  # refused, and closed, while it was still sending
        held.append(client)
    for size in (200, 8000):
        answer = victim.host.client().send("POST", "/token", b"username=admin&password=" + b"y" * size,
                                           {"Content-Type": "application/x-www-form-urlencoded"})
        check(answer.status in (401, 422), f"a sign-in beside the flood of bodies: {answer}")
    token = victim.host.client().send("POST", "/token", {"username": "admin", "password": PASSWORD})
    check(token.status == 200, f"the right password beside the flood of bodies: {token}")
    answers = [first_line(client) for client in held]
    check(all(line in ("HTTP/1.1 404 Not Found", "") for line in answers), f"bodies to nowhere: {set(answers)}")
    for client in held:
        client.close()
    return f"{len(held)} bodies, {sum(line != '' for line in answers)} told 404 at their head"


def slow_loris(victim, _options):
    """A thousand requests that never get past their heads, each with a further byte now and then."""
    held = [victim.connect() for _ in range(1000)]
    for number, client in enumerate(held):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: " + b"a" * (number % 7))
    told, deadline = 0, time.monotonic() + 60
    while held:
        check(time.monotonic() < deadline, f"{len(held)} half-open requests are never cut off")
        still = []
        for client in held:
            try:
                client.sendall(b"a")
                client.setblocking(False)
                told += client.recv(64).startswith(b"HTTP/1.1 408 ")
            except BlockingIOError:
                client.setblocking(True)
                still.append(client)
                continue
            except ConnectionError:
                pass
            client.close()
        held = still
        time.sleep(0.1)
    check(told >= 900, f"only {told} of 1000 were told 408")
    return f"1000 half-open requests, {told} told 408"


def idle(victim, options):
    """Connections that are kept alive and say nothing more."""
    room = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200
    count, before = min(options.idle, room), victim.resident()
    held = []
    for _ in range(count):
        client = victim.connect()
        client.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        held.append(client)
        if len(held) % 500 == 0:
            for asked in held[-500:]:
                check(first_line(asked) == "HTTP/1.1 200 OK", "a kept connection is answered")
    each = (victim.resident() - before) / count
    again = held[:: max(count // 100, 1)]
    for client in again:
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
    check(all(b"alive" in client.recv(4096) for client in again), "an idle connection is answered once more")
    for client in held:
        client.close()
    return f"{count} idle connections, {each / KIB:.1f} KiB each"


def chunked(victim, options):
    """A body in chunks without an end: of nobody, and of somebody who may send invoices."""
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    told = []
    for name, fields in (("a stranger's", ""), ("a submitter's", f"Authorization: Bearer {options.token}\r\n")):
        client, sent = victim.connect(), 0
        client.sendall(f"POST /api/v1/invoices HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n{fields}"
                       "Transfer-Encoding: chunked\r\n\r\n".encode())
        try:
            while sent < options.gigabytes * 1024 * MIB:
                client.sendall(chunk)
                sent += 65536
        except ConnectionError:
            pass
        client.close()
        check(sent < 64 * MIB, f"{name} endless body is taken: {sent} bytes")
        told.append(f"{name} is cut off after {sent / MIB:.1f} MiB")
    return f"bodies of {options.gigabytes} GB: " + ", ".join(told)


def headers(victim, _options):
    """Heads without an end: many fields, one endless field, an endless target."""
    beginnings = (b"GET / HTTP/1.1\r\nHost: a\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"GET /")
    floods = (b"A: b\r\n" * 10_000, b"v" * 60_000, b"t" * 60_000)
    told = {}
    for number in range(600):
        client = victim.connect()
        try:
            client.sendall(beginnings[number % 3] + floods[number % 3])
            line = first_line(client)
        except ConnectionError:
            line = ""
        told[line[9:12]] = told.get(line[9:12], 0) + 1
        client.close()
    check(set(told) <= {"431", "414", ""}, f"endless heads are answered {told}")
    check(told.get("431", 0) >= 300 and told.get("414", 0) >= 150, f"endless heads are answered {told}")
    return f"600 endless heads, told 431: {told['431']}, 414: {told['414']}"


def resets(victim, _options):
    """Connections that are broken off at whatever they are at."""
    at_once = struct.pack("ii", 1, 0)
    beginnings = (b"", b"GET / HT", b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
                  b"GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n" * 20,
                  b"POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
                  b"POST /token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal")
    for number in range(5000):
        client = victim.connect()
        client.sendall(beginnings[number % len(beginnings)])
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        client.close()
    return "5000 connections reset"


def soft_limit(victim):
    with open(f"/proc/{victim.host.process.pid}/limits", encoding="ascii") as file:
        return next(int(line.split()[3]) for line in file if line.startswith("Max open files"))


def limits(site):
    """A host takes the descriptors that it may have, and says when they are too few for its connections."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    roomy = site.start(prepare=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)), server__max_connections=100)
    check(soft_limit(Victim(roomy)) == hard, "the soft limit of open files is raised to the hard one")
    check("does not fit" not in roomy.log_text(), "a limit that is enough is no warning")
    roomy.stop()
    tight = site.start(prepare=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 300)))
    wait_until(lambda: "server.max_connections does not fit" in tight.log_text(), 60, "the warning")
    tight.stop()
    print(f"limits: 256 -> {hard}; 300 for 16000 connections is warned of", flush=True)


ATTACKS = {"bodies": bodies, "slow_loris": slow_loris, "chunked": chunked, "headers": headers, "resets": resets,
           "idle": idle}


def attack(victim, name, options):
    begun, before = time.monotonic(), (victim.descriptors(), victim.resident())
    with Witness(victim) as witness:
        figures = ATTACKS[name](victim, options)
        wait_until(lambda: victim.descriptors() <= before[0] + 4, 60, f"{name}: the descriptors come back")
    check(not witness.failure, f"{name}: {witness.failure}")
    check(witness.answers > 0, f"{name}: health was asked")
    after = victim.resident()
    print(f"{name}: {figures}; {time.monotonic() - begun:.1f} s, descriptors {before[0]} -> {victim.descriptors()}, resident "
          f"{before[1] / MIB:.1f} -> {after / MIB:.1f} MiB, health answered {witness.answers} times within "
          f"{witness.slowest * 1000:.0f} ms", flush=True)
    check(after < before[1] + options.growth * MIB, f"{name}: the host keeps {(after - before[1]) / MIB:.1f} MiB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[[], *ATTACKS])
    parser.add_argument("--idle", type=int, default=10_000, help="connections kept alive")
    parser.add_argument("--gigabytes", type=int, default=10, help="of an endless body, were it taken")
    parser.add_argument("--growth", type=int, default=32, help="MiB of an attack that the allocator may keep; ten thousand "
                        "connections are three times that")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with Site("attacks", {"server.max_connections": 16_000, "server.max_connections_per_address": 16_000,
                          "server.header_timeout_ms": 3000}) as site:
        limits(site)
        victim = Victim(site.start())
        options.token = site.token("admin")
        for name in options.names or ATTACKS:
            attack(victim, name, options)
        victim.host.stop()


if __name__ == "__main__":
    main()
