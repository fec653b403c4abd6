"""The mixed load of a soak: paced, from many clients, some of which come and go. Every answer is judged as it comes.

Threads: each kind of client has one; a Load belongs to the thread that made it.
"""

import collections
import contextlib
import json
import os
import re
import selectors
import socket
import subprocess
import threading
import urllib.parse

from host import BUILD
from money_site import ConnectionLost, invoice_text, submit
from overload import NUMBER, request

SEGMENT = 15  # seconds of the generator's connections, which then come anew
WAITS_FOR_A_PERSON = "5000.00"


class Tally:
    """What was answered, by kind of request. Threads: any."""

    def __init__(self):
        self._lock = threading.Lock()
        self.good, self.bad, self.examples = collections.Counter(), collections.Counter(), []

    def add(self, kind, good=0, bad=0, example=""):
        with self._lock:
            self.good[kind] += good
            self.bad[kind] += bad
            if bad and len(self.examples) < 5:
                self.examples.append(f"{kind}: {example}")


class Generator:
    """Segments of open_loop: dashboards, the newest log entries and invoices, at rates or as fast as answers come."""

    def __init__(self, site, host, tally, seed):
        self._port, self._tally, self._seed, self._next = host.url.rsplit(":", 1)[1], tally, seed, 0
        self._folder = site.folder
        invoice = json.dumps({"raw_text": invoice_text("S-" + NUMBER, "@@@.@@")})
        boss = site.token("boss")
        self._write("invoice", request("POST", "/api/process-invoice", site.token("clerk"), invoice))
        self._write("dashboard", request("GET", "/api/dashboard", boss))
        self._write("logs", request("GET", "/api/dashboard/logs", boss))

    def _write(self, kind, text):
        with open(os.path.join(self._folder, kind + ".request"), "w", encoding="ascii", newline="") as file:
            file.write(text)

    def _stream(self, kind, rate, connections, expect):
        path = os.path.join(self._folder, kind + ".request")
        first = f",first={self._next}" if kind == "invoice" else ""
        return f"name={kind},rate={rate},connections={connections},request={path},expect={expect}{first}"

    def run(self, seconds, rates, connections=16):
        """One segment; `rates` by kind, 0: as fast as answers come. Returns what the generator says of each kind."""
        expected = {"invoice": '"APPROVED"', "dashboard": '"status":"Online"', "logs": "["}
        self._seed += 10
        command = [os.path.join(BUILD, "bench", "open_loop"), self._port, str(seconds), str(self._seed),
                   *(self._stream(kind, rate, connections, expected[kind]) for kind, rate in rates.items())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or not done.stdout:
            raise AssertionError(f"open_loop ended with {done.returncode}: {done.stderr}")
        figures = {one["stream"]: one for one in map(json.loads, done.stdout.splitlines())}
        for kind, one in figures.items():
            good = one["by_status"].get("200", 0) - one["wrong"]
            self._tally.add(kind, good, one["offered"] - good, json.dumps(one["by_status"]) + f", wrong {one['wrong']}, "
                            f"unanswered {one['unanswered']}, connections lost {one['connections_lost']}")
        if "invoice" in figures:
            self._next += figures["invoice"]["offered"]
        return figures


class Listeners:
    """Clients of /api/v1/events, from serve() on. One after the other leaves and comes again where it stopped."""

    ID = re.compile(rb"\nid: (\d+)\n")

    class One:
        def __init__(self, address, token, last_id):
            self.last_id, self.tail = last_id, b""
            fields = f"Authorization: Bearer {token}\r\n" + (f"Last-Event-ID: {last_id}\r\n" if last_id else "")
            self.socket = socket.create_connection(address, timeout=30)
            self.socket.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode())

    def __init__(self, site, host, tally, count):
        parts = urllib.parse.urlsplit(host.url)
        self._address, self._token, self._tally = (parts.hostname, parts.port), site.token("boss"), tally
        self._selector, self._count = selectors.DefaultSelector(), count
        self._all = collections.deque()
        self.bytes = 0

    def _come(self, last_id):
        one = self.One(self._address, self._token, last_id)
        self._selector.register(one.socket, selectors.EVENT_READ, one)
        return one

    def _leave(self, one):
        self._selector.unregister(one.socket)
        one.socket.close()

    def _read(self, one):
        part = one.socket.recv(65536)
        text = one.tail + part
        found = self.ID.findall(text)
        one.last_id = found[-1].decode() if found else one.last_id
        if not part or b"event: reset" in text or (b"HTTP/1.1 " in text and b"HTTP/1.1 200" not in text):
            self._tally.add("listener", bad=1, example=repr(text[-300:]) if part else "its stream ended")
            self._leave(one)
            self._all.remove(one)
            self._all.append(self._come(one.last_id))
            return
        one.tail = text[-64:]
        self.bytes += len(part)

    def serve(self, end):
        turns = 0
        self._all.extend(self._come(None) for _ in range(self._count))
        while not end.is_set():
            for key, _ in self._selector.select(0.2):
                self._read(key.data)
            turns += 1
            if turns % 25 == 0:
                leaving = self._all.popleft()
                self._leave(leaving)
                self._all.append(self._come(leaving.last_id))
                self._tally.add("listener", good=1)
            end.wait(0.05)  # what comes upon each other is read together
        while self._all:
            self._leave(self._all.pop())


class People:
    """A clerk whose invoices are too large to be paid unasked, a boss who approves them and reads on in the lists, and
    clients that leave before they are answered."""

    def __init__(self, site, host, tally, pause):
        self._host, self._tally, self._pause, self._turn = host, tally, pause, 0
        self._clerk, self._boss = host.client(site.token("clerk"), 60), host.client(site.token("boss"), 60)
        self._token = site.token("clerk")
        self.left_alone = 0  # invoices whose sender did not wait for the answer

    def _expect(self, kind, answer, *statuses):
        good = answer.status in statuses
        self._tally.add(kind, good, not good, repr(answer))
        return good

    def serve(self, end):
        while not end.wait(self._pause):
            self._turn += 1
            try:
                self._be_asked()
                self._read_on()
                if self._turn % 5 == 0:
                    self._leave_early()
            except ConnectionLost as error:
                self._tally.add("people", bad=1, example=str(error))

    def _be_asked(self):
        sent = submit(self._clerk, invoice_text(f"P-{self._turn:07}", WAITS_FOR_A_PERSON), wait="wait=1")
        if not self._expect("to be approved", sent, 202):
            return
        page = self._boss.get("/api/v1/approvals?status=pending&limit=10")
        if not self._expect("approvals", page, 200):
            return
        for one in page.json()["items"]:
            body = {"payload_hash": one["payload_hash"], "reason": "looked at it"}
            self._expect("approve", self._boss.post(f"/api/v1/approvals/{one['id']}/approve", body, {"Prefer": "wait=30"}), 200)

    def _read_on(self):
        for path in ("/api/v1/payments?limit=50", "/api/v1/invoices?limit=50", "/api/v1/ledger/trial-balance", "/health/live"):
            page = self._boss.get(path)
            if self._expect("lists", page, 200) and "limit" in path and page.json().get("next_cursor"):
                cursor = urllib.parse.quote(page.json()["next_cursor"])
                self._expect("lists", self._boss.get(f"{path}&cursor={cursor}"), 200)

    def _leave_early(self):
        """Two that come for one request: one waits for its answer, the other is gone before it comes."""
        passing = self._host.client(self._token)
        self._expect("passing by", passing.get("/api/dashboard"), 200)
        passing.close()
        body = json.dumps({"raw_text": invoice_text(f"L-{self._turn:07}", "12.34")})
        parts = urllib.parse.urlsplit(self._host.url)
        with contextlib.closing(socket.create_connection((parts.hostname, parts.port), timeout=30)) as leaving:
            leaving.sendall(request("POST", "/api/process-invoice", self._token, body).encode())
        self.left_alone += 1


class Load:
    """All of it, until close()."""

    def __init__(self, site, host, rates, listeners, pause, seed):
        self.tally, self._end, self.failures = Tally(), threading.Event(), []
        self.generator = Generator(site, host, self.tally, seed)
        self.listeners = Listeners(site, host, self.tally, listeners)
        self.people = People(site, host, self.tally, pause)
        self._rates = rates
        self._threads = [threading.Thread(target=self._guarded, args=(serve,), daemon=True)
                         for serve in (self._generate, self.listeners.serve, self.people.serve)]

    def _guarded(self, serve):
        try:
            serve(self._end)
        except Exception as error:  # a thread's end must be seen
            self.failures.append(f"{type(error).__name__}: {error}")

    def _generate(self, end):
        while not end.is_set():
            self.generator.run(SEGMENT, self._rates)

    def start(self):
        for thread in self._threads:
            thread.start()

    def close(self):
        self._end.set()
        for thread in self._threads:
            thread.join(120)
