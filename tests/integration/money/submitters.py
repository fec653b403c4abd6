"""Many clients that send invoices to a host which comes and goes, and do not rest until each one is acknowledged."""

import random
import threading
import time

from money_site import ConnectionLost, invoice_text, submit, told


class Front:
    """Where the host is just now. Threads: any."""

    def __init__(self):
        self._changed = threading.Condition()
        self._host = None

    def open(self, host):
        with self._changed:
            self._host = host
            self._changed.notify_all()

    def shut(self):
        """The host is about to go; another will come."""
        with self._changed:
            self._host = None

    def wait(self, patience=60.0):
        """The host that serves, or None if none came."""
        with self._changed:
            self._changed.wait_for(lambda: self._host is not None, patience)
            return self._host


class Twins:
    """Invoices that two submitters send at the same moment."""

    def __init__(self):
        self._lock = threading.Lock()
        self._offered = []

    def offer(self, text):
        """Waits a moment for a second submitter; goes on alone if none comes."""
        meeting = threading.Barrier(2)
        with self._lock:
            self._offered.append((text, meeting))
        try:
            meeting.wait(0.2)
        except threading.BrokenBarrierError:
            with self._lock:
                self._offered = [one for one in self._offered if one[1] is not meeting]

    def join(self):
        """The text of an invoice that another submitter sends right now, or None."""
        with self._lock:
            if not self._offered:
                return None
            text, meeting = self._offered.pop(0)
        try:
            meeting.wait(0.2)
        except threading.BrokenBarrierError:
            pass
        return text


class Submitters:
    """`run` starts them, `finish` lets each complete the invoice in its hand. What went wrong is in `problems`."""

    def __init__(self, front, token, seed, count=16, alike=True):
        """`alike`: some invoices are sent by two at once, and amounts repeat; else an amount tells the invoice."""
        self.front = front
        self.texts = []
        self._alike = alike
        self.acknowledged = {}
        self.problems = []
        self.sent = self.repeats = self.later = self.twins = 0
        self._token = token
        self._twins = Twins()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n, random.Random(f"{seed}/{n}")), daemon=True)
                         for n in range(count)]

    def run(self):
        for thread in self._threads:
            thread.start()

    def finish(self, within=60.0):
        self._stop.set()
        for thread in self._threads:
            thread.join(within)
            if thread.is_alive():
                self.problems.append("a submitter did not finish")

    def _work(self, number, rng):
        try:
            taken, connection = 0, {}
            while not self._stop.is_set() and not self.problems:
                text = self._twins.join()
                if text is None:
                    taken += 1
                    amount = f"{rng.randint(1, 400)}.{rng.randint(0, 99):02}"
                    if not self._alike:
                        amount = f"{number * 50 + taken // 100}.{taken % 100:02}"
                    text = invoice_text(f"K-{number:02}-{taken:05}", amount)
                    self.texts.append(text)
                    if self._alike and rng.random() < 0.25:
                        with self._lock:
                            self.twins += 1
                        self._twins.offer(text)
                if not self._until_acknowledged(connection, text):
                    return
        except Exception as error:  # a thread's end must be seen by the test
            self.problems.append(f"submitter {number}: {type(error).__name__}: {error}")

    def _until_acknowledged(self, connection, text):
        """`connection`: this submitter's own, kept for as long as its host lives. False: no host came back."""
        while True:
            host = self.front.wait()
            if host is None:
                self.problems.append("no host came back")
                return False
            if connection.get("host") is not host:
                connection.update(host=host, client=host.client(self._token, timeout=20))
            try:
                answer = submit(connection["client"], text)
            except ConnectionLost:
                with self._lock:
                    self.repeats += 1
                continue
            known = told(answer)
            if known:
                self._note(*known)
                return True
            if answer.status != 503:
                raise AssertionError(f"an invoice was not taken: {answer}")
            with self._lock:
                self.later += 1
            time.sleep(0.1)  # the host asked for it

    def _note(self, invoice_id, what):
        with self._lock:
            self.sent += 1
            # What was called paid once stays so, whatever a twin was told.
            if self.acknowledged.get(invoice_id) != "paid":
                self.acknowledged[invoice_id] = what
