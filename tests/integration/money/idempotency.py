#!/usr/bin/env python3
"""Idempotency-Key on two hosts that share one storage: 64 concurrent requests with one key pay once and are answered
alike; a host that dies between the effect and the answer leaves a key under which the answer is told all the same; and
every other POST that changes something is carried out once, too.
"""

import collections
import concurrent.futures
import signal
import sys
import threading
import time

from money_site import ConnectionLost, invoice_text, money_site, submit, told

from books import Books, check_all
from crash_points import fault_names

SAME = 64
AMOUNT = "12.50"
# Where a request that was taken may end: its effect is durable, its answer is not.
AFTER_THE_EFFECT = ["saga.after_commit_a", "saga.before_submit", "saga.after_submit", "saga.before_commit_b",
                    "saga.after_commit_b"]


def keyed(client, key, text, wait="wait=20"):
    return client.post("/api/process-invoice", {"raw_text": text}, {"Prefer": wait, "Idempotency-Key": key})


def until_told(send, is_running):
    """Sends again while the first is at work, the host is busy, or the connection breaks."""
    while True:
        try:
            answer = send()
        except ConnectionLost:
            if not is_running():
                raise
            continue
        if answer.status != 503 and answer.code() != "idempotency_in_progress":
            return answer
        time.sleep(0.1)  # the host asked for it


def at_once(hosts, token, send):
    """SAME requests, spread over the hosts, sent when all connections stand."""
    together = threading.Barrier(SAME)

    def one(number):
        host = hosts[number % len(hosts)]
        client = host.client(token, timeout=60)
        client.connect()
        together.wait(300)
        try:
            return until_told(lambda: send(client), host.is_running)
        finally:
            client.close()

    with concurrent.futures.ThreadPoolExecutor(SAME) as pool:
        return list(pool.map(one, range(SAME)))


def one_key(site, hosts):
    began = time.monotonic()
    token = site.token("clerk")
    answers = at_once(hosts, token, lambda client: keyed(client, "pay-once", invoice_text("I-00001", AMOUNT)))
    different = collections.Counter((answer.status, answer.body) for answer in answers)
    if len(different) != 1 or answers[0].status not in (200, 202):
        raise AssertionError(f"{SAME} requests under one key were not answered alike: {list(different)[:3]}")
    firsts = sum(answer.headers.get("Idempotency-Replayed") is None for answer in answers)
    if firsts > 1:
        raise AssertionError(f"{firsts} of them call themselves the first")
    client = hosts[0].client(token)
    other = keyed(client, "pay-once", invoice_text("I-00002", AMOUNT))
    if other.status != 422 or other.code() != "idempotency_mismatch":
        raise AssertionError(f"another invoice under the same key: {other}")
    client.close()
    moved = check_all(site, hosts[0].client(site.token("boss")), dict([told(answers[0])]))
    if moved != 1:
        raise AssertionError(f"{moved} payments moved")
    print(f"  {SAME} requests to two hosts, one key: one paid, all answered {answers[0].status} with the same bytes, "
          f"{time.monotonic() - began:.1f} s", flush=True)


def every_other_post(site, hosts):
    """Each is sent to both hosts under one key; the second answer is the first's, and nothing is done twice."""
    began = time.monotonic()
    boss = [host.client(site.token("boss")) for host in hosts]
    clerk = hosts[0].client(site.token("clerk"))
    account = {"rail": "bank", "asset": "MNEE", "address": "0xfeed"}
    vendor = boss[0].post("/api/v1/vendors", {"name": "Alpine Data", "accounts": [account]}).json()["id"]
    strange = invoice_text("I-00003", AMOUNT, vendor="Nobody Knows Ltd")
    waiting = [submit(clerk, strange.replace("I-00003", f"I-0001{n}")).json() for n in range(3)]
    waiting.append(submit(clerk, invoice_text("I-00020", "1500000.25")).json())  # above the limit
    approvals = {one["id"]: one["payload_hash"] for one in boss[0].items("/api/v1/approvals?status=pending")}
    if any(one.get("approval_id") not in approvals for one in waiting):
        raise AssertionError(f"what a person has to decide waits for nobody: {waiting}")

    def decide(number, verb):
        approval = waiting[number]["approval_id"]
        return f"/api/v1/approvals/{approval}/{verb}", {"payload_hash": approvals[approval], "reason": "looked at it"}

    elsewhere = boss[0].get("/api/v1/approvals/" + waiting[2]["approval_id"]).json()["payment_id"]

    posts = {
        "vendors": ("/api/v1/vendors", {"name": "Meridian Freight", "accounts": [account]}, 201),
        "accounts": (f"/api/v1/vendors/{vendor}/accounts", {**account, "address": "0xbeef"}, 201),
        "limit": ("/api/settings/limit", {"new_limit": 777777}, 200),
        "limits": ("/api/settings/limits", {"critical_runway_months": 0}, 200),
        "reject": (*decide(0, "reject"), 200),
        "reject again": (*decide(1, "reject"), 200),
        "resolve": (f"/api/v1/payments/{elsewhere}/resolve",
                    {"outcome": "paid_elsewhere", "reference": "cheque 7", "reason": "paid by hand"}, 202),
        "approve": (*decide(3, "approve"), 200),
        "reconciliation": ("/api/v1/reconciliation", {}, 200),
        "invoices": ("/api/v1/invoices", {"text": strange}, 202),
    }
    for name, (path, body, status) in posts.items():
        headers = {"Idempotency-Key": "key of " + name}
        first = boss[0].post(path, body, headers)
        again = [client.post(path, body, headers) for client in boss]
        if first.status != status or first.headers.get("Idempotency-Replayed"):
            raise AssertionError(f"{name}: {first}")
        for answer in again:
            if (answer.status, answer.body) != (first.status, first.body):
                raise AssertionError(f"{name}: first {first}, then {answer}")
            if answer.headers.get("Idempotency-Replayed") != "true":
                raise AssertionError(f"{name}: the repeat does not say that it is one")
    vendors = [one["name"] for one in boss[1].items("/api/v1/vendors")]
    if vendors.count("Meridian Freight") != 1:
        raise AssertionError(f"the vendor was entered {vendors.count('Meridian Freight')} times")
    for client in [*boss, clerk]:
        client.close()
    print(f"  {len(posts)} kinds of POST, each three times under one key: done once, answered alike, "
          f"{time.monotonic() - began:.1f} s", flush=True)


def killed(template, point):
    """The host dies with the effect made and the answer not given. Whoever asks again learns of the first invoice."""
    began = time.monotonic()
    with money_site("idempotency-killed", template, server__idempotency_wait_ms=1500) as site:
        token, text = site.token("clerk"), invoice_text("I-00001", AMOUNT)
        host = site.start(testing__fault_point=point + ":1")
        client = host.client(token)
        try:
            raise AssertionError(f"the host was to die at {point}, and answered {keyed(client, 'k', text)}")
        except ConnectionLost:
            pass
        if host.wait_end() != -signal.SIGKILL:
            raise AssertionError(f"the host was to die at {point}")
        invoices = Books(site).invoices()
        host = site.start()
        client = host.client(token)
        answer = until_told(lambda: keyed(client, "k", text), host.is_running)
        if answer.status not in (200, 202) or [told(answer)[0]] != list(invoices):
            raise AssertionError(f"killed at {point}, the repeat was told {answer}; stored: {list(invoices)}")
        if answer.headers.get("Idempotency-Replayed") != "true":
            raise AssertionError(f"killed at {point}: the answer does not say that it is a repeat's")
        again = keyed(client, "k", text)
        if (again.status, again.body) != (answer.status, answer.body):
            raise AssertionError(f"killed at {point}: first {answer}, then {again}")
        client.close()
        moved = check_all(site, host.client(site.token("boss")), dict([told(answer)]))
        if moved != 1:
            raise AssertionError(f"killed at {point}: {moved} payments moved")
        host.stop()
    print(f"  killed at {point}: the repeat is told of the first invoice ({answer.status}), "
          f"{time.monotonic() - began:.1f} s", flush=True)


def main():
    print("idempotency: two hosts, one storage", flush=True)
    unknown = set(AFTER_THE_EFFECT) - set(fault_names())
    if unknown:
        raise AssertionError(f"no such fault points: {unknown}")
    with money_site("idempotency") as site:
        hosts = [site.start(), site.start()]
        one_key(site, hosts)
        every_other_post(site, hosts)
        for host in hosts:
            host.stop()
    with money_site("idempotency-template") as template, concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(killed, template, point) for point in AFTER_THE_EFFECT]:
            done.result()
    print("idempotency: one key, one effect, one answer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
