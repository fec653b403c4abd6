"""Packages of npm for tests: installed into the build folder as a package-lock.json names them, and only once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LISTS = ("package.json", "package-lock.json", ".npmrc")
SKIPPED = 77  # ctest shows the test as skipped, and why


def fail(what, done=None):
    """Ends the test: what is wrong, and what the command said."""
    print(f"error: {what}", file=sys.stderr)
    if done is not None:
        print(f"{' '.join(map(str, done.args))}: exit {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}",
              file=sys.stderr)
    sys.exit(1)


def run(what, *command, cwd, within=300, **environment):
    """What a command printed. Where it fails, the test ends with `what`."""
    try:
        done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True,
                              timeout=within, check=False)
    except subprocess.TimeoutExpired:
        fail(f"{what}: not within {within} s")
    if done.returncode != 0:
        fail(what, done)
    return done.stdout


def is_registry_there(work):
    try:
        return subprocess.run(("npm", "ping"), cwd=work, capture_output=True, timeout=60, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def install(source, work):
    """node_modules of `source` in `work`; nothing is asked of a registry where they are there already."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            fail(f"there is no {program}, so {source} cannot be tried; ./dev test installs it")
    work.mkdir(parents=True, exist_ok=True)
    wanted = "".join((Path(source) / name).read_text(encoding="utf-8") for name in LISTS)
    mark = work / "installed"
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return
    mark.unlink(missing_ok=True)
    if not is_registry_there(work):
        print(f"skipped: the registry that npm is set up with cannot be reached (npm ping), and {source} needs its packages")
        sys.exit(SKIPPED)
    for name in LISTS:
        shutil.copy(Path(source) / name, work)
    run(f"npm could not install the packages of {source}, so it was not tried", "npm", "ci", "--no-audit", "--no-fund",
        cwd=work, within=900)
    mark.write_text(wanted, encoding="utf-8")
