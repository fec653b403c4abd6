#!/usr/bin/env python3
"""The regression gate: how many instructions the hot paths take, beside what tests/bench/instructions.json says they take.

    instructions.py            counts, compares, and ends with 1 if a path takes more than the tolerance allows
    instructions.py --write    counts, and writes the file anew; do that when a path has become cheaper, or dearer for a reason
    instructions.py --list     the paths

Each path is a test case of build/release/bench/instructions. It runs twice under valgrind's callgrind, TIMES and twice TIMES
turns, and the difference counts, so that what stands before the turns does not. Counts are the same on every run: there is
no time in them, no cache and no neighbour. They do depend on the compiler, its flags and the libraries that the paths call,
all of which the file names: where one of them differs nothing can be said, and the gate says that (exit status 77; 1 where
CI is set, for what builds Debian 12's packages on Debian 12 has to be judged), unless --judge asks for an answer. The functions
that libc and OpenSSL choose by processor are held to one choice.
"""

import argparse
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.get("TREASURER_SOURCE") or os.path.abspath(os.path.join(HERE, "..", ".."))
BUILD = os.environ.get("TREASURER_BUILD") or os.path.join(SOURCE, "build", "release")
PROGRAM = os.path.join(BUILD, "bench", "instructions")
EXPECTED = os.path.join(HERE, "instructions.json")
TIMES = 16
TOLERANCE = 3  # percent
NOT_JUDGED = 77
SAME_ON_EVERY_PROCESSOR = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX,-ERMS,-FSRM,-BMI2,-RTM,-SSE4_2",
    "OPENSSL_ia32cap": "0",
}


def cache_value(name):
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as file:
        found = re.search(rf"^{re.escape(name)}:\w+=(.*)$", file.read(), re.M)
    return found.group(1) if found else ""


def made_with():
    """What the counts depend on, beside the project's own sources."""
    said = subprocess.run([cache_value("CMAKE_CXX_COMPILER"), "--version"], capture_output=True, text=True, check=True).stdout
    name = "gcc" if "Free Software Foundation" in said else "clang" if "clang" in said else "another"
    build = cache_value("CMAKE_BUILD_TYPE")
    return {"machine": platform.machine(), "compiler": f"{name} {re.search(r'[0-9]+[.][0-9.]+', said.splitlines()[0].rsplit(')')[-1]).group(0)}",
            "flags": f"{build} {cache_value('CMAKE_CXX_FLAGS_' + build.upper())} {cache_value('ATR_SANITIZE')}".strip(),
            "libc": platform.libc_ver()[1], "sqlite": sqlite_version()}


def sqlite_version():
    """Of the library that the program is linked with; not that of this Python."""
    listed = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
    path = re.search(r"libsqlite3\S* => (\S+)", listed).group(1)
    asked = subprocess.run([sys.executable, "-c", "import ctypes, sys; library = ctypes.CDLL(sys.argv[1]); "
                            "library.sqlite3_libversion.restype = ctypes.c_char_p; "
                            "print(library.sqlite3_libversion().decode())", path],
                           capture_output=True, text=True, check=False)
    return asked.stdout.strip() or sqlite3.sqlite_version


def paths():
    listed = subprocess.run([PROGRAM, "--list-test-names-only"], capture_output=True, text=True, check=False).stdout
    return listed.split()


def total(path, times, tries=3):
    """A path that meets a deadline of the project's own, since the machine gave it no time for too long, is tried again."""
    environment = {**os.environ, **SAME_ON_EVERY_PROCESSOR, "TREASURER_TIMES": str(times)}
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", PROGRAM, path],
                          capture_output=True, text=True, env=environment, cwd=SOURCE, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode == 0 and found:
        return int(found.group(1))
    if tries > 1:
        return total(path, times, tries - 1)
    raise AssertionError(f"{path}: {done.stdout}{done.stderr[-2000:]}")


def counted(names):
    """{path: instructions of one turn}"""
    with ThreadPoolExecutor(int(os.environ.get("JOBS") or 2)) as pool:
        once = {name: pool.submit(total, name, TIMES) for name in names}
        twice = {name: pool.submit(total, name, 2 * TIMES) for name in names}
        return {name: round((twice[name].result() - once[name].result()) / TIMES) for name in names}


def write(counts):
    with open(EXPECTED, "w", encoding="utf-8") as file:
        json.dump({"renew": "python3 tests/bench/instructions.py --write", "made_with": made_with(),
                   "tolerance_percent": TOLERANCE, "instructions": counts}, file, indent=2)
        file.write("\n")


def compare(counts, expected):
    """Prints all; the paths that have become dearer than allowed, or that the file does not know."""
    tolerance, bad, cheaper = expected["tolerance_percent"], [], []
    for name in sorted({*counts, *expected["instructions"]}):
        now, then = counts.get(name), expected["instructions"].get(name)
        if now is None or then is None:
            print(f"  {name:28} {'is no path any more' if now is None else 'is not in the file yet'}")
            bad.append(name)
            continue
        change = (now - then) * 100 / then
        print(f"  {name:28} {now:>10,} instructions, {change:+.1f} % of {then:,}")
        if change > tolerance:
            bad.append(name)
        elif change < -tolerance:
            cheaper.append(name)
    if cheaper:
        print(f"cheaper now: {', '.join(cheaper)}. Write the file anew, so that it stays so: {expected['renew']}")
    if bad:
        print(f"dearer by more than {tolerance} %, or unknown: {', '.join(bad)}. Where the instructions go: valgrind "
              f"--tool=callgrind {os.path.relpath(PROGRAM, SOURCE)} {bad[0]}, with TREASURER_TIMES=16. If it has to be so: "
              f"{expected['renew']}")
    return bad


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--write", action="store_true")
    options.add_argument("--judge", action="store_true", help="also where the compiler or a library differs")
    options.add_argument("--list", action="store_true")
    given = options.parse_args()
    if given.list:
        print("\n".join(paths()))
        return 0
    if given.write:
        write(counted(paths()))
        print(f"wrote {os.path.relpath(EXPECTED, SOURCE)}")
        return 0
    with open(EXPECTED, encoding="utf-8") as file:
        expected = json.load(file)
    here = made_with()
    differing = [f"{name} is {here[name]}, not {then}" for name, then in expected["made_with"].items() if here.get(name) != then]
    if differing and not given.judge:
        print(f"NOT JUDGED: {'; '.join(differing)}. The counts of another machine say nothing here.")
        return 1 if os.environ.get("CI") else NOT_JUDGED
    return 1 if compare(counted(paths()), expected) else 0


if __name__ == "__main__":
    sys.exit(main())
