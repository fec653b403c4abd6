#!/usr/bin/env python3
"""A storage that loses acknowledged commits while no host is alive: nobody remembers them but the rail. What it paid is
found before the first request is answered, and nothing is paid a second time.
"""

import shutil
import sys

from money_site import invoice_text, money_site, submit

from books import Books

KEPT, LOST = 3, 2


def pay(host, site, number):
    answer = submit(host.client(site.token("clerk")), invoice_text(f"L-{number:05}", f"{number + 10}.00"), "wait=20")
    if answer.status != 200:
        raise AssertionError(f"invoice {number} was not paid: {answer}")


def main():
    with money_site("loss-before") as before:
        host = before.start()
        for number in range(KEPT):
            pay(host, before, number)
        host.stop()
        with money_site("loss-after", before) as after, money_site("loss-back", before) as back:
            host = after.start()
            for number in range(KEPT, KEPT + LOST):
                pay(host, after, number)
            host.stop()
            shutil.copy(Books(after).bank, Books(back).bank)  # the bank forgets nothing

            host = back.start()
            boss = host.client(back.token("boss"))
            state = boss.get("/api/v1/quarantine").json()
            if not state["active"] or "did not send" not in state["reason"]:
                raise AssertionError(f"the host serves, and does not know what was lost: {state}")
            for number in range(KEPT, KEPT + LOST):
                answer = submit(host.client(back.token("clerk")), invoice_text(f"L-{number:05}", f"{number + 10}.00"))
                if answer.json()["status"] != "PAUSED_FOR_APPROVAL":
                    raise AssertionError(f"a lost invoice that came again: {answer}")
            report = boss.post("/api/v1/reconciliation").json()
            lost = [one for one in report["breaks"] if one["kind"] == "money_left_without_us"]
            if len(lost) != LOST:
                raise AssertionError(f"{LOST} payments were lost, reconciliation names {report['breaks']}")
            log = host.log_text()
            if any(one["id"] not in log for one in lost) or "the store is in quarantine" not in log:
                raise AssertionError(f"the log does not tell:\n{log}")

            answer = boss.post("/api/v1/quarantine/release", {"reason": "both invoices were found"})
            if answer.status != 200:
                raise AssertionError(f"the quarantine is not released: {answer}")
            boss.post("/api/v1/reconciliation")
            if boss.get("/api/v1/quarantine").json()["active"]:
                raise AssertionError("what an admin has dealt with puts the store into quarantine again")
            host.stop()
            host = back.start()
            if host.client(back.token("boss")).get("/api/v1/quarantine").json()["active"]:
                raise AssertionError("a restart puts the store into quarantine again")
            host.stop()
    print(f"lost while down: {LOST} payments that only the bank knew were found before the first answer, none paid twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
