"""What strangers do to a host, on a real one: each attack leaves it serving, and its descriptors and memory where they were.

    attacks.py [NAME ...]

Prints the figures of each. Nothing here signs in but the witness, who must be served throughout.
"""

import argparse
import os
import resource
import socket
import sys
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

    def health(self):
        """Seconds that one answer of /health took."""
        begun = time.monotonic()
        client = self.host.client(timeout=10)
        answer = client.send("GET", "/health")
        client.close()
        check(answer.status == 200, f"/health says {answer}")
        return time.monotonic() - begun


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
    wait_until(lambda: "server.max_connections does not fit" in tight.log_text(), 10, "the warning")
    tight.stop()
    print(f"limits: 256 -> {hard}; 300 for 4096 connections is warned of", flush=True)


ATTACKS = {"bodies": bodies}


def attack(victim, name, options):
    before = victim.descriptors(), victim.resident()
    slowest = victim.health()
    figures = ATTACKS[name](victim, options)
    slowest = max(slowest, victim.health())
    wait_until(lambda: victim.descriptors() <= before[0] + 2, 30, f"{name}: the descriptors come back")
    grown = victim.resident() - before[1]
    print(f"{name}: {figures}; descriptors {before[0]} -> {victim.descriptors()}, "
          f"resident {before[1] / MIB:.1f} -> {(before[1] + grown) / MIB:.1f} MiB, health within {slowest * 1000:.0f} ms",
          flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[[], *ATTACKS])
    options = parser.parse_args()
    with Site("attacks") as site:
        limits(site)
        victim = Victim(site.start())
        for name in options.names or ATTACKS:
            attack(victim, name, options)
        victim.host.stop()


if __name__ == "__main__":
    main()
