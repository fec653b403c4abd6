#!/usr/bin/env python3
"""A folder of broken settings, and of settings that name broken plugin files: each is answered by exactly the lines that
stand beside it in expected/, and by nothing else. Plugin files are those that the build makes for tests (${TEST_PLUGINS})
and those that this test makes (${MADE_FILES}).

A file is checked by `treasurer config check`; the file's own name, this machine's folders and the plugins' hashes are
cut out of what it says. `broken_test.py --write` writes the expectations anew, to be read by a person before they are
committed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])
HERE = SOURCE / "tests/integration/broken"


def make_files(folder):
    """Files that no build makes, under names of plugins."""
    sound = BUILD / "plugins/parser_rules.so"
    (folder / "text.so").write_text("#!/bin/sh\necho hello\n", encoding="utf-8")
    (folder / "empty.so").write_bytes(b"")
    (folder / "cut_short.so").write_bytes(sound.read_bytes()[:100])
    (folder / "open_folder").mkdir()
    for copy in ("open_to_all.so", "open_folder/rules.so"):
        shutil.copy(sound, folder / copy)
    (folder / "open_to_all.so").chmod(0o777)
    (folder / "open_folder").chmod(0o777)
    (folder / "folder.so").mkdir()
    (folder / "dangling_link.so").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.so")


def check(file, made):
    """(exit code, what was said)"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TREASURER_")}
    environment.update(TEST_PLUGINS=str(BUILD / "test_plugins"), MADE_FILES=str(made))
    done = subprocess.run([BUILD / "bin/treasurer", "config", "check", file, "--data", "/data"], env=environment,
                          capture_output=True, text=True, timeout=60, check=False)
    said = done.stderr.replace(f"{file}:", "").replace(str(BUILD / "plugins"), "PLUGINS")
    said = said.replace(str(BUILD / "test_plugins"), "TEST_PLUGINS").replace(str(made), "MADE_FILES")
    said = re.sub(r"its sha256 is [0-9a-f]{64}", "its sha256 is HASH", said)
    said = re.sub(r"(PLUGINS|MADE_FILES) holds: [a-z_, ]+", r"\1 holds: …", said)
    said = re.sub(r"this host has \d+", "this host has N", said)
    return done.returncode, "".join(line.removeprefix("error: ") + "\n" for line in said.splitlines())


def main():
    with tempfile.TemporaryDirectory() as name:
        made = Path(name).resolve()
        make_files(made)
        return judge(made)


def judge(made):
    files = sorted((HERE / "configs").glob("*.yaml"))
    writes = "--write" in sys.argv
    wrong = 0
    for file in files:
        code, said = check(file, made)
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
    return 1 if wrong or len(files) < 70 else 0


if __name__ == "__main__":
    sys.exit(main())
