#!/usr/bin/env python3
"""GET /api/dashboard of a real host, signed in, beside nginx and a bare Pistache that give the same bytes, and beside the
stack of the original service (tests/bench/peers/fastapi_service.py, two workers) that gives its own, in turn.

wrk asks all of them from the same machine with the same header fields, one thread, over connections that stay open. nginx
answers from its configuration (`return 200`) with the fields that our answer has; Pistache with its own alone. Twice:
with access logs, where we and nginx write a line a request to a file and the others write none, and without. Other
limits than the defaults: rate_limit.enabled is false, and one address may have as many connections as wrk opens.

    dashboard.py [--rounds N] [--seconds N] [--connections N...] [--access-log on|off|both] [--no-peer]

Prints medians, and ratios to nginx in the same round; the bars are judged at 64 connections. Ends with 1 when a request
was not answered with 200; how fast it was is for people to judge.
"""

import argparse
import contextlib
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import urllib.parse
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(ROOT, "bench"), os.path.join(ROOT, "support")]

import backends  # noqa: E402
from host import BUILD, Site, wait_until  # noqa: E402
from peers.fastapi_peer import FastApiPeer  # noqa: E402
from ports import free_port  # noqa: E402
from results import Results  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = "/api/dashboard"
THREADS = 2  # of each of them; what config/embedded.yaml gives the host
# What a server writes by itself, or differs from one answer to the next.
OWN_FIELDS = {"date", "connection", "keep-alive", "content-length", "content-type", "server", "x-request-id"}


def answer_of(port, token):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", PATH, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise AssertionError(f"port {port} answered {answer.status}: {body[:200]!r}")
    return body, answer.getheaders()


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def nginx_config(folder, port, body, fields, logs):
    added = "\n".join(f"            add_header {name} {quoted(value)};" for name, value in fields
                      if name.lower() not in OWN_FIELDS)
    log = f"{folder}/access.log combined buffer=64k flush=1s" if logs else "off"
    return f"""
worker_processes {THREADS};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log {log};
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port} reuseport backlog=4096;
        location = {PATH} {{
            default_type application/json;
            add_header X-Request-ID $request_id;
{added}
            return 200 {quoted(body)};
        }}
    }}
}}
"""


@contextlib.contextmanager
def running(command, port):
    """A server until the end of the block; by its own process id."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def answers():
        if process.poll() is not None:
            raise AssertionError(f"{command[0]} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    try:
        wait_until(answers, 10, f"{command[0]} listens")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def nginx(site, body, fields, logs):
    folder = os.path.join(site.folder, "nginx")
    os.makedirs(folder, exist_ok=True)
    port, config = free_port(), os.path.join(folder, "nginx.conf")
    if b"$" in body:
        raise AssertionError("nginx would take a $ in the body for a variable")
    with open(config, "w", encoding="utf-8") as file:
        file.write(nginx_config(folder, port, body.decode(), fields, logs))
    with running(["nginx", "-p", folder, "-c", config, "-e", os.path.join(folder, "error.log")], port):
        yield port


@contextlib.contextmanager
def bare_pistache(site, body):
    port, path = free_port(), os.path.join(site.folder, "body")
    with open(path, "wb") as file:
        file.write(body)
    with running([os.path.join(BUILD, "bench", "bare_pistache"), str(port), str(THREADS), path], port):
        yield port


def peer_and_token():
    """The original service's stack, and a token of its own."""
    peer = FastApiPeer(backends.postgres())
    form = urllib.parse.urlencode({"username": "boss", "password": "any"}).encode()
    with urllib.request.urlopen(f"{peer.url}/token", form) as answer:
        return peer, json.load(answer)["access_token"]


class Run:
    """What wrk found in one go."""

    def __init__(self, port, token, connections, seconds):
        # Pistache keeps connections open for those alone that ask for it.
        done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", os.path.join(HERE, "summary.lua"),
                               "-H", "Connection: keep-alive", "-H", f"Authorization: Bearer {token}",
                               f"http://127.0.0.1:{port}{PATH}"],
                              capture_output=True, text=True, check=True, timeout=seconds + 60)
        line = next(line for line in done.stdout.splitlines() if line.startswith("summary "))
        requests, micros, self.refused, self.broken, p50, p99 = (int(float(word)) for word in line.split()[1:])
        self.rate = requests / (micros / 1e6)
        self.p50, self.p99 = p50 / 1000, p99 / 1000


KEYS = {"treasurer": "ours", "nginx": "nginx", "bare Pistache": "pistache", "FastAPI stack": "peer"}  # in figures' names


def compare(targets, connections, given, logs, results):
    """Rounds of all in turn; the first one warms up. Prints the table; how many requests were not answered with 200."""
    runs = {name: [] for name in targets}
    for turn in range(given.rounds + 1):
        for name, (port, token) in targets.items():
            run = Run(port, token, connections, given.seconds if turn else 1)
            if turn:
                runs[name].append(run)
    print(f"  {connections} connections, {given.rounds} rounds of {given.seconds} s each")
    failed, how = 0, f"{connections}.{'logged' if logs else 'unlogged'}"
    for name, all_runs in runs.items():
        rates = [run.rate for run in all_runs]
        ratios = [run.rate / peer.rate for run, peer in zip(all_runs, runs["nginx"])]
        bad = sum(run.refused + run.broken for run in all_runs)
        failed += bad
        print(f"    {name:14} {statistics.median(rates):8.0f}/s (from {min(rates):.0f} to {max(rates):.0f})   "
              f"to nginx {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})   "
              f"p50 {statistics.median(run.p50 for run in all_runs):.2f} ms  "
              f"p99 {statistics.median(run.p99 for run in all_runs):.2f} ms   not 2xx: {bad}", flush=True)
        results.figure(f"dashboard.{KEYS[name]}.{how}", "requests/s", rates)
        results.figure(f"dashboard.{KEYS[name]}.{how}.p99", "ms", [run.p99 for run in all_runs])
    for name in ("nginx", "bare Pistache", "FastAPI stack"):
        if name in runs:
            results.figure(f"dashboard.beside_{KEYS[name]}.{how}", "times",
                           [run.rate / other.rate for run, other in zip(runs["treasurer"], runs[name])])
    return failed


def lost_lines(host):
    """Lines of the log that the host could not write fast enough."""
    for line in host.client().send("GET", "/metrics").body.decode().splitlines():
        if line.startswith("treasurer_log_lines_lost_total "):
            return int(float(line.split()[1]))
    raise AssertionError("/metrics does not tell of lost lines")


def measure(site, token, peer, logs, given, results):
    host = site.start(server__access_log="all" if logs else "none",
                      log__file=os.path.join(site.folder, "treasurer.log"))
    port = int(host.url.rsplit(":", 1)[1])
    body, fields = answer_of(port, token)
    with nginx(site, body, fields, logs) as nginx_port, bare_pistache(site, body) as pistache_port:
        targets = {"treasurer": (port, token), "nginx": (nginx_port, token), "bare Pistache": (pistache_port, token)}
        for name, (at, _) in targets.items():
            if name != "treasurer" and answer_of(at, token)[0] != body:
                raise AssertionError(f"{name} gives other bytes")
        print(f"{PATH}, {len(body)} bytes, {THREADS} threads each, "
              f"{'each request logged to a file (by us and nginx)' if logs else 'no access logs'}")
        if peer:
            targets["FastAPI stack"] = (int(peer[0].url.rsplit(":", 1)[1]), peer[1])
        failed = sum(compare(targets, connections, given, logs, results) for connections in given.connections)
    if logs:
        print(f"  lines that the treasurer lost: {lost_lines(host)}", flush=True)
    host.stop()
    return failed


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=4, help="of one round of one server")
    options.add_argument("--connections", type=int, nargs="+", default=[64, 512])
    options.add_argument("--no-peer", action="store_true", help="without the original service's stack")
    options.add_argument("--access-log", choices=("on", "off", "both"), default="both")
    given = options.parse_args()
    most = max(given.connections) + 64
    failed, results = 0, Results("dashboard")
    peer = None if given.no_peer else peer_and_token()
    with Site("dashboard-bench", {"server.max_connections_per_address": most, "server.threads": THREADS, "server.real_time": "false"}) as site:
        site.add_user("boss", "admin")
        token = site.token("boss")
        for logs in {"on": [True], "off": [False], "both": [True, False]}[given.access_log]:
            failed += measure(site, token, peer, logs, given, results)
    if failed:
        print(f"{failed} requests were not answered with 200")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
