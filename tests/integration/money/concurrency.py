#!/usr/bin/env python3
"""The same document in 64 concurrent requests is paid once; the same invoice, given to two hosts at one moment as the
text of its PDF and as somebody typed it, is paid once; 200 concurrent payments against funds for exactly 100 pay exactly
100."""

import collections
import concurrent.futures
import sys
import threading
import time

from money_site import ConnectionLost, invoice_text, money_site, submit, told

from invoices import invoice_page, invoice_typed

from books import Books, check_all, units

SAME = 64
MANY, FUNDED, AMOUNT = 200, 100, "12.50"
PAIRS = 24  # invoices that come in two forms


def until_answered(host, client, text):
    """The answer to an invoice, and whether it took more than one try. A host that is too busy says 503, or lets the
    connection go; what it had taken all the same is then a duplicate of itself."""
    repeated = False
    while True:
        try:
            answer = submit(client, text, wait="wait=20")
            if answer.status != 503:
                return answer, repeated
        except ConnectionLost:
            if not host.is_running():
                raise
        repeated = True


def all_at_once(host, token, texts):
    """Every text on its own connection, sent when all connections stand. Returns in order what until_answered() does."""
    together = threading.Barrier(len(texts))

    def one(text):
        client = host.client(token, timeout=60)
        client.connect()
        together.wait(300)
        try:
            return until_answered(host, client, text)
        finally:
            client.close()

    with concurrent.futures.ThreadPoolExecutor(len(texts)) as pool:
        return list(pool.map(one, texts))


def same_document():
    began = time.monotonic()
    with money_site("same-document") as site:
        host = site.start()
        answered = all_at_once(host, site.token("clerk"), [invoice_text("D-00001", AMOUNT)] * SAME)
        answers = [answer for answer, _ in answered]
        repeats = sum(repeated for _, repeated in answered)
        count = collections.Counter(answer.status for answer in answers)
        first = count[200] + count[202]
        if first + count[409] != SAME or first > 1 or (first == 0 and not repeats):
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
    print(f"  {SAME} requests, one document: one paid, {count[409]} told its id, {repeats} sent again, "
          f"{time.monotonic() - began:.1f} s", flush=True)


def two_forms():
    """As text of a PDF page to one host, as typed text to the other, all at the same instant."""
    began = time.monotonic()
    with money_site("two-forms") as site:
        hosts = [site.start(), site.start()]
        token = site.token("clerk")
        together = threading.Barrier(2 * PAIRS)

        def one(host, text):
            client = host.client(token, timeout=60)
            client.connect()
            together.wait(300)
            try:
                return until_answered(host, client, text)
            finally:
                client.close()

        with concurrent.futures.ThreadPoolExecutor(2 * PAIRS) as pool:
            pages = [pool.submit(one, hosts[0], invoice_page(f"P-{n:05}", f"{n + 1}.50")) for n in range(PAIRS)]
            typed = [pool.submit(one, hosts[1], invoice_typed(f"P-{n:05}", f"{n + 1}.50")) for n in range(PAIRS)]
        acknowledged, firsts = {}, collections.Counter()
        for form, answered in (("page", pages), ("typed", typed)):
            for future in answered:
                answer, repeated = future.result()
                known = told(answer)
                if known is None:
                    raise AssertionError(f"an invoice was not taken: {answer}")
                if answer.status != 409:
                    firsts[form] += 1
                if answer.status != 409 or repeated:
                    acknowledged[known[0]] = known[1]
        moved = check_all(site, hosts[0].client(site.token("boss")), acknowledged)
        if moved != PAIRS:
            raise AssertionError(f"{PAIRS} invoices in two forms: {moved} payments moved")
        for host in hosts:
            host.stop()
    print(f"  {PAIRS} invoices, each as a PDF's text and as typed, to two hosts at once: {moved} paid; first was the page "
          f"{firsts['page']} times, the typed text {firsts['typed']} times, {time.monotonic() - began:.1f} s", flush=True)


def more_than_funds():
    began = time.monotonic()
    funds = str(FUNDED * units(AMOUNT) // 10**5)
    with money_site("funds", plugins__rails__bank__config__opening_balance=funds) as site:
        host = site.start()
        texts = [invoice_text(f"F-{n:05}", AMOUNT) for n in range(MANY)]
        answered = all_at_once(host, site.token("clerk"), texts)
        acknowledged = {}
        for answer, repeated in answered:
            known = told(answer)
            if known is None or (answer.status == 409 and not repeated):
                raise AssertionError(f"an invoice was not taken: {answer}")
            acknowledged[known[0]] = known[1]
            if answer.status == 202 and answer.json()["status"] == "PAUSED_FOR_APPROVAL":
                if "is available" not in answer.json()["reason"]:
                    raise AssertionError(f"it waits for another reason than funds: {answer}")
        moved = check_all(site, host.client(site.token("boss")), acknowledged)
        books = Books(site)
        refused = sum(payment["state"] == "waiting_approval" for payment in books.payments().values())
        held = books.rail_balance()
        if moved != FUNDED or refused != MANY - FUNDED or held != 0:
            raise AssertionError(f"{moved} paid, {refused} wait for funds, {held} units left at the rail")
        repeats = sum(repeated for _, repeated in answered)
        host.stop()
    print(f"  {MANY} payments against funds for {FUNDED}: {moved} paid, {refused} wait for funds, nothing left, "
          f"{repeats} sent again, {time.monotonic() - began:.1f} s", flush=True)


def main():
    print("concurrency", flush=True)
    same_document()
    two_forms()
    more_than_funds()
    print("concurrency: one invoice is paid once, and no more is paid than there is")
    return 0


if __name__ == "__main__":
    sys.exit(main())
