#!/usr/bin/env python3
"""The same document in 64 concurrent requests is paid once; 200 concurrent payments against funds for exactly 100 pay
exactly 100."""

import collections
import concurrent.futures
import sys
import threading
import time

from money_site import invoice_text, money_site, submit, told

from books import Books, check_all, units

SAME = 64
MANY, FUNDED, AMOUNT = 200, 100, "12.50"


def all_at_once(host, token, texts):
    """Every text on its own connection, sent when all connections stand. Returns the answers in order."""
    together = threading.Barrier(len(texts))

    def one(text):
        client = host.client(token, timeout=60)
        client.connect()
        together.wait(30)
        try:
            return submit(client, text, wait="wait=20")
        finally:
            client.close()

    with concurrent.futures.ThreadPoolExecutor(len(texts)) as pool:
        return list(pool.map(one, texts))


def same_document():
    began = time.monotonic()
    with money_site("same-document") as site:
        host = site.start()
        answers = all_at_once(host, site.token("clerk"), [invoice_text("D-00001", AMOUNT)] * SAME)
        count = collections.Counter(answer.status for answer in answers)
        if count[200] + count[202] != 1 or count[409] != SAME - 1:
            raise AssertionError(f"{SAME} requests with one document were answered {dict(count)}: "
                                 f"{[a for a in answers if a.status not in (200, 202, 409)][:2]}")
        ids = {told(answer)[0] for answer in answers}
        if len(ids) != 1:
            raise AssertionError(f"the duplicates do not all name the first invoice: {ids}")
        acknowledged = {next(iter(ids)): "paid" if count[200] else "accepted"}
        moved = check_all(site, host.client(site.token("boss")), acknowledged)
        if moved != 1:
            raise AssertionError(f"{moved} payments moved")
        host.stop()
    print(f"  {SAME} requests, one document: one paid, {count[409]} told its id, {time.monotonic() - began:.1f} s",
          flush=True)


def more_than_funds():
    began = time.monotonic()
    funds = str(FUNDED * units(AMOUNT) // 10**5)
    with money_site("funds", plugins__rails__bank__config__opening_balance=funds) as site:
        host = site.start()
        texts = [invoice_text(f"F-{n:05}", AMOUNT) for n in range(MANY)]
        answers = all_at_once(host, site.token("clerk"), texts)
        acknowledged = {}
        refused = 0
        for answer in answers:
            known = told(answer)
            if known is None or answer.status == 409:
                raise AssertionError(f"an invoice was not taken: {answer}")
            acknowledged[known[0]] = known[1]
            if answer.status == 202 and answer.json()["status"] == "PAUSED_FOR_APPROVAL":
                refused += 1
                if "is available" not in answer.json()["reason"]:
                    raise AssertionError(f"it waits for another reason than funds: {answer}")
        moved = check_all(site, host.client(site.token("boss")), acknowledged)
        held = Books(site).rail_balance()
        if moved != FUNDED or refused != MANY - FUNDED or held != 0:
            raise AssertionError(f"{moved} paid, {refused} wait for funds, {held} units left at the rail")
        host.stop()
    print(f"  {MANY} payments against funds for {FUNDED}: {moved} paid, {refused} wait for funds, nothing left, "
          f"{time.monotonic() - began:.1f} s", flush=True)


def main():
    print("concurrency", flush=True)
    same_document()
    more_than_funds()
    print("concurrency: one document is paid once, and no more is paid than there is")
    return 0


if __name__ == "__main__":
    sys.exit(main())
