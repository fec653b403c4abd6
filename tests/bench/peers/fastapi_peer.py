"""The FastAPI peer as a process: on a PostgreSQL that is given, with a Redis of its own, until close() or the program's end."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from ports import free_port

PYTHON = "/usr/bin/python3"  # Debian's packages are its alone
REDIS = "/usr/bin/redis-server"


class FastApiPeer:
    def __init__(self, postgres, workers=2):
        self._postgres = postgres
        self._folder = tempfile.mkdtemp(prefix="treasurer-peer-")
        self._processes = []
        atexit.register(self.close)
        postgres.sql("CREATE DATABASE peer")
        redis_port, port = free_port(), free_port()
        self._run([REDIS, "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", self._folder], "redis")
        self.url = f"http://127.0.0.1:{port}"
        self._run([PYTHON, "-m", "uvicorn", "fastapi_service:app", "--workers", str(workers), "--port", str(port),
                   "--no-access-log", "--log-level", "warning", "--app-dir", os.path.dirname(os.path.abspath(__file__))],
                  "uvicorn", PEER_DATABASE=f"postgresql+asyncpg://postgres@127.0.0.1:{postgres.port}/peer",
                  PEER_REDIS=f"redis://127.0.0.1:{redis_port}")
        self._wait()

    def _run(self, command, name, **environment):
        with open(os.path.join(self._folder, name + ".log"), "ab") as log:
            self._processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                    env={**os.environ, **environment}))

    def _wait(self):
        deadline = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(self.url + "/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError) as error:
                if time.monotonic() > deadline or self._processes[-1].poll() is not None:
                    with open(os.path.join(self._folder, "uvicorn.log"), encoding="utf-8") as log:
                        raise RuntimeError(f"the peer did not come up: {error}\n{log.read()[-3000:]}") from error
                time.sleep(0.05)

    def pids(self):
        return [process.pid for process in self._processes]

    def rows(self):
        return int(self._postgres.sql("SELECT count(*) FROM transactions", "peer"))

    def close(self):
        for process in reversed(self._processes):
            process.terminate()
            process.wait()
        self._processes = []
        shutil.rmtree(self._folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit("a module: see payments.py")
