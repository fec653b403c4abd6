"""The machine and the versions that a measurement speaks of."""

import os
import platform
import re
import statistics
import subprocess
import tempfile
import time

from host import BUILD, SOURCE
from postgres import BIN
from results import commit

FLUSHES = 300
FLUSH = "a flush of the disk (fdatasync after 4 KiB)"


def _first(pattern, path, default="unknown"):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = re.search(pattern, file.read(), re.M)
    except OSError:
        return default
    return found.group(1).strip() if found else default


def _said(*command):
    """The first line that a program says of itself."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=SOURCE, check=False)
    except OSError:
        return "not there"
    return (done.stdout + done.stderr).strip().split("\n")[0]


def flush_times():
    """Milliseconds of an fdatasync after 4 KiB, where the servers of the measurement have their data: (median, 99th part)."""
    took = []
    with tempfile.NamedTemporaryFile(prefix="treasurer-flush-") as file:
        for _ in range(FLUSHES):
            file.write(os.urandom(4096))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), sorted(took)[int(len(took) * 0.99)]


def describe():
    (median, p99), memory = flush_times(), int(_first(r"^MemTotal:\s*(\d+)", "/proc/meminfo", "0"))
    return {
        "processor": _first(r"^model name\s*:\s*(.*)$", "/proc/cpuinfo"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory / 2**20:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "operating system": _first(r'^PRETTY_NAME="?([^"\n]*)', "/etc/os-release"),
        FLUSH: f"{median:.2f} ms in the median, 99 % within {p99:.2f} ms",
        "processes that wanted a core when the run began": f"{os.getloadavg()[0]:.1f}",
    }


def _packages(*names):
    done = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", *names], capture_output=True, text=True, check=False)
    return dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)


def versions():
    compiler = _first(r"^CMAKE_CXX_COMPILER:[A-Z]*=(.*)$", os.path.join(BUILD, "CMakeCache.txt"), "c++")
    python = _packages("python3-fastapi", "python3-uvicorn", "python3-sqlalchemy", "python3-asyncpg", "python3-redis",
                       "python3-uvloop", "python3-httptools", "python3-jose")
    return {
        "this project": commit(),
        "compiler": _said(compiler, "--version"),
        "build": _first(r"^CMAKE_BUILD_TYPE:[A-Z]*=(.*)$", os.path.join(BUILD, "CMakeCache.txt")),
        "PostgreSQL": _said(f"{BIN}/postgres", "--version"),
        "SQLite": _packages("libsqlite3-0").get("libsqlite3-0", "unknown"),
        "Redis": _said("redis-server", "--version"),
        "nginx": _said("/usr/sbin/nginx", "-v"),
        "Pistache": _packages("libpistache-dev").get("libpistache-dev", "unknown"),
        "wrk": _packages("wrk").get("wrk", "unknown"),
        "Python of the original service's stack": _said("/usr/bin/python3", "--version"),
        **{name.removeprefix("python3-"): version for name, version in python.items()},
    }
