#!/usr/bin/env python3
"""A folder of broken settings: each file is answered by exactly the lines that stand beside it in expected/, and by
nothing else.

A file is checked by `treasurer config check`; the file's own name, this machine's folders and the plugins' hashes are
cut out of what it says. `broken_test.py --write` writes the expectations anew, to be read by a person before they are
committed.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])
HERE = SOURCE / "tests/integration/broken"


def check(file):
    """(exit code, what was said)"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TREASURER_")}
    done = subprocess.run([BUILD / "bin/treasurer", "config", "check", file, "--data", "/data"], env=environment,
                          capture_output=True, text=True, timeout=60, check=False)
    said = done.stderr.replace(f"{file}:", "").replace(str(BUILD / "plugins"), "PLUGINS")
    said = re.sub(r"its sha256 is [0-9a-f]{64}", "its sha256 is HASH", said)
    said = re.sub(r"PLUGINS holds: [a-z_, ]+", "PLUGINS holds: …", said)
    return done.returncode, "".join(line.removeprefix("error: ") + "\n" for line in said.splitlines())


def main():
    files = sorted((HERE / "configs").glob("*.yaml"))
    writes = "--write" in sys.argv
    wrong = 0
    for file in files:
        code, said = check(file)
        expectation = HERE / "expected" / (file.stem + ".txt")
        if writes:
            expectation.parent.mkdir(exist_ok=True)
            expectation.write_text(said, encoding="utf-8")
            continue
        expected = expectation.read_text(encoding="utf-8") if expectation.exists() else "(no expectation)\n"
        if code != 1 or said != expected or not said:
            wrong += 1
            print(f"{file.name}: exit {code}, 1 expected\n  expected: {expected}  said:     {said}")
    print(f"broken_test: {len(files)} broken files, {len(files) - wrong} answered as expected")
    return 1 if wrong or len(files) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
