#!/usr/bin/env python3
"""The exchanges of the table behind nginx and behind haproxy, as docs/operate.md sets them up: each gets the answers that it
gets without them, but for two differences that proxies are free to make, and for those that are listed below.

In no exchange may a proxy and the edge differ in where a request ends. Each exchange is followed by a marker on the same
connection and by one on a new connection, which the proxy may send over the connection that it used before. What our
handler was asked must be, one by one and in that order, what the client got answers to.

    behind_proxies.py [--show] [--variants N]

--show prints what every exchange got that differs. --variants sends N variants of each exchange too, of which the second
rule alone is asked.
"""

import argparse
import collections
import re
import sys
from pathlib import Path

from raw_exchange import MARKER, SOURCE, EchoEdge, converse, table
from proxies import Haproxy, Nginx
from variants import variants

# What any proxy may make otherwise:
KEPT = "the connection to the client is the proxy's own: it goes on where we closed ours, with a refusal that is ours"
REFUSED = "the proxy refuses by itself, in its own words, what we would have refused; no handler of ours is asked"

# What else comes instead of the table's answers, and why; "!": an answer that the proxy made itself.
MENDED = "it reads this leniently, and asks us in our own strict way"
LENIENT = {rule: ("200 marker", MENDED) for rule in (
    "two empty lines are not", "a bare LF ends no line", "two spaces before the target", "two spaces after the target",
    "HTTP/1.2", "a bare LF in a value", "space after a chunk size", "a bare LF after a chunk size")}
NGINX = {
    **LENIENT,
    **{rule: ("200 marker", MENDED) for rule in ("space after the version", "a version of two digits")},
    "a Host with a port that is none": ("200 marker", "it passes the name on with the port that it was asked at"),
    **{rule: ("200 marker", "it leaves out lines that are no fields") for rule in ("no colon", "a name that is no token")},
    **{rule: ("200 marker", "it passes no trailers on") for rule in ("a bad trailer", "endless trailers")},
    **{rule: ("!400", "it takes tabs for a part of the value") for rule in ("a Host between tabs", "a length between tabs")},
    "no version": ("!9", "it answers HTTP/0.9, without a head; what it asks us is HTTP/1.1"),
    "an absolute target of another scheme": ("200 marker", "it passes the path on, whatever the scheme"),
    "methods have a case": ("!400", "it takes no small letters in a method"),
    "* with OPTIONS": ("!400", "it knows no such target"),
    "another expectation": ("200 marker", "it meets expectations itself, or ignores them"),
    "a chunk that announces more than is allowed": ("", "it allows more, and waits for it until it loses patience"),
}
READS_FIRST = {"expecting to send too much": ("", "it says 100 Continue itself, and waits for the body until it loses patience")}
HAPROXY = {
    **LENIENT,
    **{rule: ("200 marker", MENDED) for rule in ("a tab instead of a space", "HTTP/2.0", "a folded line")},
    **{rule: ("200 marker", "it leaves out what is there twice and the same") for rule in (
        "two Hosts", "the same length twice", "a list of lengths")},
    "two Hosts in 1.0": ("200", "it leaves out what is there twice and the same"),
    **{rule: ("200", "RFC 9112 6.1: it leaves out the length, and closes behind the answer") for rule in (
        "a length beside chunks", "chunks beside a length")},
    **{rule: ("!400", "it refuses an absolute target with another host than Host has") for rule in (
        "an absolute target", "an absolute target without a path")},
    "the HTTP/2 preface": ("!9", "it speaks HTTP/2 with the client"),
    "what follows a refusal is dropped": ("200 400 200 marker", KEPT),
}


def documented(first_line):
    """The indented block of docs/operate.md that begins so."""
    text = (Path(SOURCE) / "docs/operate.md").read_text(encoding="utf-8")
    found = re.search(rf"(?m)^    {re.escape(first_line)}\n(?:    .*\n)+", text)
    if not found:
        raise AssertionError(f"docs/operate.md no longer has a block that begins with {first_line!r}")
    return found.group()


def changed(text, *changes):
    for pattern, put in changes:
        text, times = re.subn(pattern, put, text)
        if not times:
            raise AssertionError(f"docs/operate.md no longer says {pattern!r}")
    return text


def nginx_before(edge, more=""):
    server = changed(documented("server {"), ("listen 443 ssl;", "listen LISTEN;"), ("ssl_.*;", ""),
                     (r"http://127\.0\.0\.1:8080;", f"http://edge; {more}"))
    return Nginx(f"upstream edge {{ server 127.0.0.1:{edge.port}; keepalive 4; }}\n{server}")


def haproxy_before(edge):
    return Haproxy(changed(documented("frontend https"), (r"bind :443 ssl crt \S+", "bind LISTEN"),
                           (r"127\.0\.0\.1:8080", f"127.0.0.1:{edge.port}")))


def is_ours(answer):
    return "x-request-id" in answer.fields


def summary(found):
    """A word for each answer."""
    return " ".join(("" if is_ours(answer) else "!") + ("marker" if answer.echo and answer.echo.path() == b"/marker"
                                                         else str(answer.status)) for answer in found)


def content(answer):
    """What must be the same through a proxy."""
    if answer.echo:
        return (answer.status, answer.echo.method, answer.echo.path(), answer.echo.fields, answer.echo.body, answer.body)
    return (answer.status, answer.code(), answer.fields.get("content-type"))


def asked(edge):
    return [echo for echo in edge.asked()[1] if echo.path() != b"/health/ready"]  # haproxy's own


class Trial:
    """All exchanges of one way to the edge."""

    def __init__(self, name, edge, address, exceptions, show):
        self.name, self.edge, self.address, self.exceptions, self.show = name, edge, address, exceptions, show
        self.faults = []
        self.used = set()
        self.counts = collections.Counter()

    def run(self, rows, direct):
        for row, expected in zip(rows, direct):
            self._check(row, expected, converse(self.address, row.bytes + MARKER), converse(self.address, MARKER))
        for rule in sorted(set(self.exceptions) - self.used):
            self.faults.append(f"{rule}: it needs no exception any more")
        return self

    def run_variants(self, inputs):
        for data in inputs:
            self._check_framing(repr(data), converse(self.address, data + MARKER), converse(self.address, MARKER))

    def _check_framing(self, what, found, after):
        answered = [answer.echo for answer in found + after if answer.echo or answer.body == b"asked\n"]
        seen = asked(self.edge)
        if len(answered) != len(seen) or any(one and one.told != other.told for one, other in zip(answered, seen)):
            self._fault(what, f"the client was answered {answered}, the handler was asked {seen}")
        if summary(after) != "marker":
            self._fault(what, f"the next client got {summary(after)}")

    def _check(self, row, expected, found, after):
        self._check_framing(row.rule, found, after)
        said, why = self._otherwise(row, expected, found)
        if said != summary(found):
            self._fault(row.rule, f"expected {said}, got {summary(found)}: {found}")
        self.counts[why] += 1
        if self.show and why:
            print(f"  {self.name}: {row.rule}: {summary(expected)} -> {summary(found)}: {why}")

    def _otherwise(self, row, expected, found):
        """What is to come, and why it is not what comes without the proxy."""
        ours, theirs = [content(answer) for answer in expected], [content(answer) for answer in found]
        if ours == theirs:
            return summary(found), ""
        if row.rule in self.exceptions:
            self.used.add(row.rule)
            return self.exceptions[row.rule]
        is_refused = expected[-1].status >= 400
        if is_refused and ours == theirs[:-1] and summary(found[-1:]) == "marker":
            return summary(found), KEPT
        if is_refused and ours[:-1] == theirs[:-1] and found[-1].status >= 400 and not is_ours(found[-1]):
            return summary(found), REFUSED
        return summary(expected), ""

    def _fault(self, where, what):
        self.faults.append(f"{where}: {what}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--show", action="store_true")
    options.add_argument("--variants", type=int, default=0)
    given = options.parse_args()
    rows = table()
    more = variants([row.bytes for row in rows], given.variants)
    edge = EchoEdge()
    direct = [converse(edge.address, row.bytes + MARKER) for row in rows]
    for row, found in zip(rows, direct):
        expected = [str(status) for status in row.statuses] + ([] if row.closes else ["marker"])
        if summary(found).split() != expected:
            raise AssertionError(f"without a proxy, {row.rule} gets {summary(found)}")
    edge.asked()
    ways = (("nginx, which reads bodies first", nginx_before(edge), {**NGINX, **READS_FIRST}),
            ("nginx, which passes bodies on", nginx_before(edge, "proxy_request_buffering off;"), NGINX),
            ("haproxy", haproxy_before(edge), HAPROXY))
    wrong = 0
    for name, proxy, exceptions in ways:
        trial = Trial(name, edge, proxy.address, exceptions, given.show).run(rows, direct)
        trial.run_variants(more)
        for fault in trial.faults:
            print(f"{name}: {fault}")
        wrong += len(trial.faults)
        print(f"  behind {name}: {trial.counts['']} as without it, {trial.counts[KEPT]} connections kept, "
              f"{trial.counts[REFUSED]} refused by it, {len(trial.used)} otherwise, each for its reason")
    print(f"behind_proxies: {len(rows)} exchanges and {len(more)} variants, {len(ways)} ways, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
