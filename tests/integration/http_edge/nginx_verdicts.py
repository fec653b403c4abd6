#!/usr/bin/env python3
"""What our edge takes, refuses and finds in a stream of bytes, beside what nginx does with the same bytes.

    nginx_verdicts.py [--variants N] [--corpus FOLDER ...] [--show]

Inputs: the table of raw exchanges, the seeds of the fuzzers of the reader, N variants of each (from a fixed seed), and the
files of each FOLDER, which are inputs of http_reader (build/fuzz/corpus/http_reader has them after ./dev fuzz). Behind
each input comes one more request, so that a difference in where the input ends shows.

Whatever both take is the same request: method, target and body. Any other difference has a rule below that says why; one
that has none fails, and so does a rule that explains nothing. --show prints an example of each.
"""

import argparse
import concurrent.futures
import re
import socketserver
import sys
import threading
from pathlib import Path

from raw_exchange import MARKER, SOURCE, Echo, EchoEdge, converse, table
from proxies import Nginx
from variants import SEED, variants

PATIENCE_MS = 1000  # for the rest of a request that does not come: both then give up


class Rule:
    """`ours`, `theirs`: patterns of the two verdicts where they part. `when`: also true of the case; a rule about what we
    take and nginx does not must say what it is about the request."""

    def __init__(self, ours, theirs, why, when=lambda case: True):
        self.ours, self.theirs, self.why, self._when = ours, theirs, why, when
        self.explained = 0

    def fits(self, case):
        return (re.fullmatch(self.ours, case.ours) and re.fullmatch(self.theirs, case.theirs)
                and self._when(case))


# Verdicts: "takes", "takes without a version" (HTTP/0.9), "refuses STATUS CODE" (nginx has no code), "closes" as the last
# request or its version asked for, "waits" for more of a request until its patience ends.
GOES_ON = r"takes|takes without a version|closes|waits"
RULES = [
    # what we take, and nginx does not: each is a liberty that the RFC gives, and the router's or nobody's harm
    Rule("takes", "refuses 400", "RFC 9110 9.1: a method is any token; nginx takes capital letters, _ and - alone. Ours gets "
         "its 405 of the router", lambda case: not re.fullmatch(rb"[A-Z_-]+", case.request.method)),
    Rule("takes", "refuses 405", "RFC 9110 9.3.8: nginx has TRACE refused before its own routing, ours has no route for it",
         lambda case: case.request.method == b"TRACE"),
    Rule("takes", "refuses 400", "RFC 9112 3.2.4: OPTIONS * asks about the server as a whole; nginx knows no such target",
         lambda case: (case.request.method, case.request.target) == (b"OPTIONS", b"*")),
    Rule("takes", "refuses 400", "RFC 3986 3.2.2: a host name may hold any unreserved character and sub-delimiter; nginx takes "
         "letters, digits, dots and hyphens in an absolute target",
         lambda case: re.match(rb"(?i)https?://[^/?:]*[^a-z0-9.:/?-]", case.request.target)),
    Rule("takes", "refuses 400", "RFC 9110 5.6.3: tabs around a value are no part of it; nginx takes off spaces alone, and "
         "refuses a Host or a Content-Length with a tab", lambda case: re.search(
             rb"(?i)\r\n(host|content-length):(\t| )*(\t|[^\r]*\t(\t| )*\r)", case.data)),

    Rule("takes|refuses .*", "closes", "RFC 9110 7.6.1: close is one of a list of tokens; nginx looks for its letters anywhere in the value",
         lambda case: re.search(rb"(?i)\r\nconnection:[^\r]*close", case.data)),
    Rule("takes", "refuses 400", "RFC 9110 10.1.1: what 1.0 expects is ignored; nginx refuses a second Expect in any version",
         lambda case: len(re.findall(rb"(?i)\r\nexpect:", case.data)) > 1),
    Rule("takes", "refuses 400", "RFC 3986 3.2.2: dots stand anywhere in a host name; nginx refuses two in a row",
         lambda case: b".." in case.request.host),

    # what we refuse, and nginx goes on with
    Rule("refuses 400 (bad_field_name|bad_field_value|malformed_request_line|bad_chunk)", GOES_ON,
         "RFC 9112 2.2: a line feed alone may be taken for a line end; that is how requests are hidden, and we refuse it",
         lambda case: re.search(rb"(?<!\r)\n", case.data) or case.body_before.endswith(b"\r")),
    Rule("refuses 400 bare_cr", GOES_ON, "RFC 9112 2.2: a carriage return without a line feed is invalid; nginx takes "
         "it in a value, or before a line end"),
    Rule("refuses 400 malformed_request_line", GOES_ON, "RFC 9112 2.2: one empty line before a request may be skipped; nginx skips any "
         "number of them", lambda case: re.search(rb"(^|\r\n)\r\n\r", case.data)
         or (case.body_before and case.body_before + b"\r\n\r\n" in case.data)),
    Rule("refuses 400 malformed_request_line", GOES_ON, "RFC 9112 3: one space stands between the parts of a request line; nginx "
         "takes several, and some behind the version", lambda case: re.search(rb"(^|\n)[^\r\n]*(  | \r\n)", case.data)),
    Rule("refuses .*", "takes without a version", "HTTP/0.9 has no fields, no lengths and no versions; nginx still answers it"),
    Rule("refuses 400 malformed_request_line", GOES_ON, "RFC 3986 2: bytes above ASCII stand in a target only when escaped; nginx "
         "passes them on", lambda case: re.search(rb"[\x80-\xff]", case.data)),
    Rule("refuses 400 bad_version", GOES_ON, "RFC 9112 2.3: a version has one digit on each side; nginx takes HTTP/1.11"),
    Rule("refuses 505 version_not_supported", GOES_ON, "RFC 9110 2.5: nginx reads any minor version as 1.1; none but 1.0 and 1.1 exist, "
         "and who claims one is no client of ours"),
    Rule("refuses 501 not_implemented", GOES_ON, "RFC 9110 9.1: no registered method has more than 32 letters; nginx has no limit"),
    Rule("refuses 400 bad_target", GOES_ON, "RFC 9112 3.2: a target is a path, or an absolute one of http and https, without "
         "a fragment; nginx takes any scheme and cuts the fragment off"),
    Rule("refuses 400 bad_escape", GOES_ON, "RFC 3986 2.1: an escape has two digits, and we refuse those that hide a slash or a control "
         "character; nginx does not look at those of a query, and takes them in a path"),
    Rule("refuses 400 bad_host", GOES_ON, "RFC 9112 3.2: who sends no valid host and port gets 400; nginx lets pass what has "
         "no slash, NUL or broken bracket"),
    Rule("refuses 400 bad_field_name", GOES_ON, "RFC 9112 5.1: a name is a token that its colon follows at once; nginx ignores "
         "lines that are none"),
    Rule("refuses 400 bad_field_value", GOES_ON, "RFC 9110 5.5: control characters are invalid in values; nginx takes all but NUL"),
    Rule("refuses 400 bad_chunk", GOES_ON, "RFC 9112 7.1.1: no space stands behind a chunk's size; nginx skips it, and does not look "
         "into extensions"),
    Rule("refuses 400 malformed_request", GOES_ON, "RFC 9110 7.6.1: Connection is a list of tokens; nginx looks for close and keep-alive "
         "anywhere in it"),
    Rule("refuses 417 expectation_failed", GOES_ON, "RFC 9110 10.1.1: an expectation that is not met may get 417; nginx ignores those it does "
         "not know"),
    Rule("refuses 414 target_too_long", GOES_ON, "our limit is one of the target's, nginx's one of the line's"),
    Rule("refuses 431 header_too_large", GOES_ON, "our limit is one of the whole head's and of all trailers', nginx's one of each line's"),

    # what both refuse, each for the fault that it comes to first
    Rule("refuses 4.*", "refuses 50[15]", "we judge bytes in their order, then the version, then framing; nginx judges a version, or "
         "a coding it does not know, where it meets them"),
    Rule("refuses 501 .*", "refuses 400", "RFC 9110 15.6.2: CONNECT, methods without end and codings besides chunked are not implemented here; "
         "to nginx such a line is malformed, or its method is"),
    Rule("refuses 505 version_not_supported", "refuses 400", "RFC 9110 15.6.6: a version that we do not speak gets 505; nginx finds other "
         "faults first: the target of HTTP/2's preface, a version of 0, a missing Host"),
]


class Upstream(socketserver.ThreadingTCPServer):
    """What nginx passes requests on to: tells in the answer what came."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 1024

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line:
                    return
                head += line
            method, target, _ = head.split(b"\r\n")[0].split(b" ")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)\r\n", head)
            body = self.rfile.read(int(length.group(1))) if length else b""
            echo = Echo.tell(method, target, b"", b"", body)
            self.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Echo: {echo}\r\n\r\n".encode() +
                             (b"" if method == b"HEAD" else b"asked\n"))

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def nginx_before(upstream):
    """Its limits are those of the table, as far as it has such limits."""
    return Nginx(f"""
    client_header_buffer_size 1k;
    large_client_header_buffers 4 1k;
    client_max_body_size 64;
    server {{
        listen LISTEN backlog=1024;
        location / {{ proxy_pass http://127.0.0.1:{upstream.server_address[1]}; }}
    }}""", PATIENCE_MS)


# What the rules name, and no row of the table and no variant of one is.
NAMED = [b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET http://under_score.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
         b"GET / HTTP/1.1\r\nHost: a..b\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX-Padded: v\r\r\n\r\n",
         b"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n",
         b"GET / HTTP/1.0\r\nExpect: x\r\nExpect: x\r\n\r\n"]


def inputs(of_each, corpora):
    known = [row.bytes for row in table()] + NAMED
    for folder in ("http_reader", "http_differential"):
        known += [path.read_bytes()[1:] for path in sorted((Path(SOURCE) / "tests/fuzz/seeds" / folder).iterdir())]
    out = known + variants(known, of_each)
    for folder in corpora:
        out += [path.read_bytes()[1:] for path in sorted(Path(folder).iterdir())]
    return list(dict.fromkeys(data for data in out if data))


def verdicts(found):
    """Each answer in turn, and how the stream ended."""
    out = []
    for answer in found:
        if answer.echo is None:
            if answer.status == 9:
                return out + ["takes without a version"]
            is_patience = answer.status == 408
            return out + ["waits" if is_patience else f"refuses {answer.status} {answer.code()}".strip()]
        out.append("takes")
    return out + ["closes" if found and found[-1].says_close() else "waits"]


def alike(ours, theirs):
    if ours.startswith("refuses") and theirs.startswith("refuses"):
        return ours.split()[1][0] == theirs.split()[1][0]  # of one class
    return ours == theirs


class Case:
    """An input with the first place where the two part; `ours` is None when they do not."""

    def __init__(self, data, our_answers, their_answers):
        self.data, self.our_answers, self.their_answers = data, our_answers, their_answers
        self.ours = self.theirs = self.request = None
        self.body_before = b""
        self.is_other_request = False
        self._compare()

    def _compare(self):
        for i, (ours, theirs) in enumerate(zip(verdicts(self.our_answers), verdicts(self.their_answers))):
            if not alike(ours, theirs):
                self.ours, self.theirs = ours, theirs
                self.request = self.our_answers[i].echo if ours == "takes" else None
                self.body_before = self.our_answers[i - 1].echo.body if i > 0 else b""
                return
            if ours != "takes":
                return
            one, other = self.our_answers[i].echo, self.their_answers[i].echo
            if (one.method, one.path(), one.body) != (other.method, other.path(), other.body):
                self.is_other_request = True
                return

    def is_doubtful(self):
        return self.is_other_request or (self.ours and not any(rule.fits(self) for rule in RULES))

    def __str__(self):
        return f"{self.data!r}\n      we: {self.our_answers}\n      nginx: {self.their_answers}"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--variants", type=int, default=10)
    options.add_argument("--corpus", action="append", default=[])
    options.add_argument("--show", action="store_true")
    given = options.parse_args()
    edge, nginx = EchoEdge(PATIENCE_MS), nginx_before(Upstream())

    def judge(data):
        return Case(data, converse(edge.address, data + MARKER), converse(nginx.address, data + MARKER))

    with concurrent.futures.ThreadPoolExecutor(128) as pool:
        cases = list(pool.map(judge, inputs(given.variants, given.corpus)))
    # On a busy machine patience may end too early; what nothing explains is judged once more, by itself.
    cases = [judge(case.data) if case.is_doubtful() else case for case in cases]
    return report(cases, given.show)


def report(cases, show):
    other = [case for case in cases if case.is_other_request]
    differing = [case for case in cases if case.ours]
    unexplained = []
    for case in differing:
        rule = next((rule for rule in RULES if rule.fits(case)), None)
        if rule is None:
            unexplained.append(case)
            continue
        rule.explained += 1
        if show and rule.explained == 1:
            print(f"{rule.why}\n   {case}")
    for case in other:
        print(f"NOT THE SAME REQUEST: {case}")
    for case in unexplained:
        print(f"UNEXPLAINED: we {case.ours}, nginx {case.theirs}\n   {case}")
    idle = [rule.why for rule in RULES if rule.explained == 0]
    for why in idle:
        print(f"THIS RULE EXPLAINS NOTHING: {why}")
    for rule in sorted(RULES, key=lambda rule: -rule.explained):
        print(f"  {rule.explained:5}  we {rule.ours}, nginx {rule.theirs}: {rule.why}")
    print(f"nginx_verdicts: {len(cases)} inputs (seed {SEED}), {len(cases) - len(differing) - len(other)} alike, "
          f"{len(differing) - len(unexplained)} explained by {len(RULES)} rules, {len(unexplained)} unexplained, "
          f"{len(other)} understood as other requests")
    return 1 if other or unexplained or idle else 0


if __name__ == "__main__":
    sys.exit(main())
