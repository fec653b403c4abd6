"""Thousands of listeners to /api/v1/events, each of which must hear everything, once and in order.

    listeners.py [--listeners N] [--events N]

Every commit is one vendor entered over HTTP by the one who speaks. Half of the listeners are cut off in the middle and
come again with Last-Event-ID; the others are drained with the host, which is stopped and started anew, and come again
to its successor. Prints how long it took and what a listener costs.
"""

import argparse
import json
import os
import resource
import selectors
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from host import Site  # noqa: E402


def check(condition, what):
    if not condition:
        raise AssertionError(what)


class Listener:
    """One connection that reads events. Versions of vendors' events are kept in the order they came."""

    def __init__(self, number):
        self.number = number
        self.last_id = None
        self.heard = []
        self.socket = None
        self.is_listening = False

    def connect(self, address, token):
        self._unread = b""
        self._has_head = False
        self.is_listening = False
        self.socket = socket.create_connection(address, timeout=30)
        fields = f"Authorization: Bearer {token}\r\n"
        if self.last_id is not None:
            fields += f"Last-Event-ID: {self.last_id}\r\n"
        self.socket.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode())
        self.socket.setblocking(False)

    def close(self):
        self.socket.close()

    def read(self):
        """Takes what is there. False at the end of the answer."""
        try:
            part = self.socket.recv(65536)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        self._unread += part
        if not self._has_head:
            if b"\r\n\r\n" not in self._unread:
                return bool(part)
            head, self._unread = self._unread.split(b"\r\n\r\n", 1)
            check(head.startswith(b"HTTP/1.1 200 "), f"listener {self.number}: {head!r}")
            self._has_head = True
        return self._chunks() and bool(part)

    def _chunks(self):
        while b"\r\n" in self._unread:
            line, rest = self._unread.split(b"\r\n", 1)
            size = int(line, 16)
            if len(rest) < size + 2:
                return True
            if size == 0:
                return False
            self._events(rest[:size].decode())
            self._unread = rest[size + 2:]
        return True

    def _events(self, text):
        for block in text.split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if fields.get("event") == "change":
                event = json.loads(fields["data"])
                if event["collection"] == "vendors":
                    self.heard.append(event["version"])
            check(fields.get("event") != "reset", f"listener {self.number} lost track after {self.last_id}: {block}")
            if "id" in fields:
                self.last_id = fields["id"]
                self.is_listening = True


class Crowd:
    def __init__(self, count):
        self.listeners = [Listener(number) for number in range(count)]
        self._selector = selectors.DefaultSelector()

    def connect(self, listeners, address, token):
        for listener in listeners:
            listener.connect(address, token)
            self._selector.register(listener.socket, selectors.EVENT_READ, listener)
            self.read(0)
        self.read_until(lambda: all(listener.is_listening for listener in listeners), "every listener is answered")

    def leave(self, listener):
        self._selector.unregister(listener.socket)
        listener.close()

    def read(self, within):
        """Whose answer has ended by now."""
        ended = []
        for key, _ in self._selector.select(within):
            if not key.data.read():
                self.leave(key.data)
                ended.append(key.data)
        return ended

    def read_until(self, condition, what, within=300.0):
        deadline = time.monotonic() + within
        while not condition():
            check(time.monotonic() < deadline, f"not within {within:g} s: {what}")
            check(not self.read(0.2), f"a stream ended early; {what}")

    def read_to_end(self, listeners, within=120.0):
        left, deadline = set(listeners), time.monotonic() + within
        while left:
            check(time.monotonic() < deadline, f"{len(left)} streams do not end with their host")
            left -= set(self.read(0.2))


class Speaker:
    def __init__(self, site, host):
        self.client = host.client(site.token("admin"))
        self.said = 0

    def say(self, count):
        for _ in range(count):
            self.said += 1
            answer = self.client.send("POST", "/api/v1/vendors", {"name": f"Vendor {self.said}"})
            check(answer.status == 201, f"a vendor: {answer}")


def resident(host):
    with open(f"/proc/{host.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def address_of(host):
    parts = urllib.parse.urlsplit(host.url)
    return parts.hostname, parts.port


def ask_from_the_future(client):
    """As a page does after the store was restored: it is told to look at everything anew."""
    answer = client.get("/api/v1/events?after=999999999&wait=1")
    check(answer.status == 200 and answer.json()["reset"] is True, f"after an event that is not there yet: {answer}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listeners", type=int, default=2000)
    parser.add_argument("--events", type=int, default=100)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    third = max(options.events // 3, 1)
    crowd = Crowd(options.listeners)
    with Site("listeners", {"server.max_connections_per_address": options.listeners * 2 + 50,
                            "server.max_connections": options.listeners * 2 + 100}) as site:
        host = site.start()
        speaker = Speaker(site, host)
        token = site.token("admin")
        before, begun = resident(host), time.monotonic()
        crowd.connect(crowd.listeners, address_of(host), token)
        connected = time.monotonic() - begun
        cost = (resident(host) - before) / options.listeners
        heard = lambda: all(len(listener.heard) == speaker.said for listener in crowd.listeners)  # noqa: E731

        begun = time.monotonic()
        speaker.say(third)
        # Half of them leave, whatever they have heard by then, and miss some.
        half = crowd.listeners[::2]
        for listener in half:
            crowd.leave(listener)
        speaker.say(third)
        crowd.connect(half, address_of(host), token)
        crowd.read_until(heard, "everybody has heard everything, also who was away")
        told = time.monotonic() - begun

        # The host is stopped: each answer ends whole. Its successor knows nothing of what it has said.
        host.process.terminate()
        crowd.read_to_end(crowd.listeners)
        check(host.wait_end() == 0, "a host with listeners ends in order")
        host = site.start()
        speaker.client = host.client(site.token("admin"))
        speaker.say(1)
        crowd.connect(crowd.listeners, address_of(host), token)
        speaker.say(options.events - speaker.said)
        crowd.read_until(heard, "everybody has heard everything, also of the successor")
        ask_from_the_future(host.client(token))
        check("malformed" not in host.log_text(), "a number that a client made up is called the storage's fault")
        host.stop()
    expected = crowd.listeners[0].heard
    check(len(expected) == options.events == len(set(expected)), f"{len(expected)} events, each once")
    check(expected == sorted(expected), "in the order of the commits")
    for listener in crowd.listeners:
        check(listener.heard == expected, f"listener {listener.number} heard {listener.heard}, not {expected}")
    print(f"{options.listeners} listeners heard {options.events} events each, in order, across two reconnects; connected in "
          f"{connected:.1f} s, {2 * third} events with one reconnect told in {told:.1f} s, "
          f"{cost / 1024:.1f} KiB of the host's memory a listener", flush=True)


if __name__ == "__main__":
    main()
