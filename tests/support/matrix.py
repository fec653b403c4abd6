#!/usr/bin/env python3
"""What `./dev test` closes with, out of ctest's JUnit file: the tests of the host on every pair of storage and cache, and
the lines with figures that ctest hides when a test passes.

    matrix.py FILE.xml [--whole]      --whole: all tests were run, so every cell must be there
Exit code 1: a cell is missing that LEFT_OUT does not name, or LEFT_OUT names one that is there.
"""
import re
import sys
from xml.etree import ElementTree

PAIRS = ("sqlite_memory", "sqlite_redis", "postgres_memory", "postgres_redis")
DEFAULT = PAIRS[0]  # what a test of the host runs on where its name does not say
OF_THE_HOST = re.compile(r"^(money_[a-z_.]+?)(?:\.(%s))?$" % "|".join(PAIRS))

# Cells that are not run: the test, the pairs, and why.
LEFT_OUT = {
    "money_damage": (("sqlite_redis", "postgres_redis"), "damage is done to stored records; the cache holds none"),
    "money_bad_surroundings": (PAIRS[1:], "about the disk and the data folder of the embedded default"),
    "money_server_loss.postgres": (("sqlite_memory", "sqlite_redis", "postgres_redis"), "loses PostgreSQL alone"),
    "money_server_loss.promote": (("sqlite_memory", "sqlite_redis", "postgres_redis"), "loses PostgreSQL alone"),
    "money_server_loss.lagging": (("sqlite_memory", "sqlite_redis", "postgres_redis"), "loses PostgreSQL alone"),
    "money_server_loss.redis": (("sqlite_memory", "postgres_memory", "postgres_redis"), "loses Redis alone"),
}

# Which lines of which tests carry figures.
FIGURES = [
    (re.compile(r"^simulation$"), re.compile(r" seeds in .* a second")),
    (re.compile(r"^mutations$"), re.compile(r"\bmedian\b|as they must be$|no rule broken$")),
    (re.compile(r"^money_(kill_loop|two_hosts|server_loss|stalled_sender)"), re.compile(r"^\w+: .*\d.*|woken: paid|after it ended$")),
    (re.compile(r"^copy_"), re.compile(r"^copy_\w+: .*\d")),
    (re.compile(r"^plugin_guide$"), re.compile(r"^ *\d+\.\d\d  ")),
    (re.compile(r""), re.compile(r"^figure: ")),
]


def read(file):
    """{test: (word, output)}, of those that ran."""
    out = {}
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        word = {"run": "pass", "fail": "FAIL"}.get(case.get("status"))
        if word:
            out[case.get("name")] = (word, case.findtext("system-out") or "")
    return out


def cells(results):
    """{test: {pair: word}}"""
    out = {}
    for name, (word, _) in results.items():
        if found := OF_THE_HOST.match(name):
            out.setdefault(found[1], {})[found[2] or DEFAULT] = word
    return out


def table(rows):
    width = max(map(len, rows))
    yield f"{'':{width}}  " + "  ".join(f"{pair:15}" for pair in PAIRS).rstrip()
    for test, row in rows.items():
        yield f"{test:{width}}  " + "  ".join(f"{row.get(pair, '-'):15}" for pair in PAIRS).rstrip()


def problems(rows):
    """What is not as LEFT_OUT has it, when all tests were run."""
    for test, (_, why) in LEFT_OUT.items():
        if test not in rows:
            yield f"{test} is listed ({why}), and there is no such test"
    for test, row in rows.items():
        left_out = LEFT_OUT.get(test, ((), ""))[0]
        for pair in PAIRS:
            if pair not in row and pair not in left_out:
                yield f"{test} was not run on {pair}"
            if pair in row and pair in left_out:
                yield f"{test} was run on {pair}, which is listed as left out"


def figures(results):
    for name, (word, said) in results.items():
        if word == "pass":
            wanted = [line for test, line in FIGURES if test.search(name)]
            for line in said.splitlines():
                if any(one.search(line) for one in wanted):
                    yield f"{name}: {line.removeprefix('figure: ').strip()}"


def main(file, *words):
    results = read(file)
    rows = cells(results)
    wrong = list(problems(rows)) if "--whole" in words else []
    if rows:
        print("\nStorage and cache (-: not run" + ("; why, is in tests/support/matrix.py)" if "--whole" in words else ")"))
        print(*table(rows), sep="\n")
    if measured := list(figures(results)):
        print("\nFigures", *measured, sep="\n  ")
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
