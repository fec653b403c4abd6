#!/usr/bin/env python3
"""The OpenAPI document that a host serves is true: every operation is called and every example is sent, and each answer,
success or refusal, has a described status and media type, the described members, and no others.

A success that an operation describes and that is never seen here fails too, unless it stands in NEVER_SEEN with the
reason. A new operation on one subject needs a line in SUBJECTS.
"""

import contextlib
import copy
import os
import signal
import sqlite3
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "support"), HERE]

from api_client import Answer, ConnectionLost  # noqa: E402
from api_paths import methods_of, paths_in_source  # noqa: E402
from contract import Contract  # noqa: E402
from host import PASSWORD, SOURCE, Site, wait_until  # noqa: E402
from walker import Walker  # noqa: E402

VENDOR, WALLET = "Meridian Freight Ltd", "0x5a1e00c0ffee00c0ffee00c0ffee00c0ffee0001"  # of the document's examples
QUICK = {"policy.critical_runway_months": 0, "payments.lease_ms": 1000, "payments.poll_ms": 50,
         "payments.lookup_initial_ms": 50, "payments.lookup_max_ms": 400, "reconciliation.grace_ms": 0}
RAIL = "plugins__rails__bank__config__"

# Successes that no host of this test answers with, by operation and status.
NEVER_SEEN = {}
# Called where their subjects are made, not in the walk over all operations.
ELSEWHERE = {"logout", "session.open", "session.close", "payments.cancel", "payments.resolve", "unknowns.get", "breaks.resolve", "quarantine.release",
             "settings.limits.set", "events", "users.create", "users.get", "users.roles.set", "users.disable",
             "users.enable", "users.password.set", "password.set", "api_keys.revoke"}


def invoice(number, amount="12.50"):
    return {"raw_text": f"INVOICE\nInvoice Number: {number}\nInvoice Date: 2026-11-02\nFrom: {VENDOR}\nBill To: Autonomous "
                        f"Treasurer Inc.\n\nTotal Due: {amount} MNEE\nWallet: {WALLET}\n"}


class People:
    """Clients of the four roles on one host; their tokens outlive it."""

    def __init__(self, site, host):
        self.tokens = {name: site.token(name) for name in ("vera", "clerk", "anna", "boss")}
        self.vera, self.clerk, self.anna, self.boss = (host.client(token) for token in self.tokens.values())


def contract_of(host):
    return Contract(host.client().get("/openapi.json").json())


def daily_work(site, walker):
    """Every operation that needs nothing special, with all its examples and refusals."""
    host = site.start()
    people = People(site, host)
    walker.examples(people.boss, "vendors.create")
    walker.call(people.boss, "vendors.create", body={"name": VENDOR}, expect={409})
    paid = walker.examples(people.clerk, "process_invoice", prefer="wait=20")
    first, waiting = paid[0].json(), paid[2].json()
    walker.call(people.clerk, "process_invoice", body=walker.contract.operations["process_invoice"].examples()[0][1],
                expect={409})
    approval = people.boss.get(f"/api/v1/approvals/{waiting['approval_id']}").json()
    vendor = people.boss.get("/api/v1/vendors").json()["items"][0]
    subjects = {"invoices.get": first["invoice_id"], "invoices.document": first["invoice_id"],
                "payments.get": first["payment_id"], "approvals.get": approval["id"], "approvals.approve": approval["id"],
                "approvals.reject": approval["id"], "vendors.get": vendor["id"], "vendors.accounts.create": vendor["id"]}
    for operation in walker.contract.operations.values():
        if operation.id in ELSEWHERE or operation.id in ("vendors.create", "process_invoice"):
            continue
        if "{id}" in operation.path and operation.id not in subjects:
            walker.judge(operation.id, ["openapi_test.py has no subject for it"])
            continue
        walker.examples(people.clerk if operation.id == "invoices.submit" else people.boss, operation.id,
                        subjects.get(operation.id, ""), prefer="wait=20")
    for operation_id in walker.contract.operations:
        walker.refusals(operation_id, host, people.tokens["vera"])
        walker.malformed(operation_id, host, people.tokens["boss"])
    lists(walker, people)
    dry_runs(walker, people, vendor, approval)
    policy(walker, people)
    decisions(walker, people, approval)
    walker.examples(people.boss, "settings.limits.set")
    walker.call(people.boss, "metrics", expect={200}, Accept="application/json")
    events(walker, people, host)
    accounts(walker, people, host, site)
    other_people = host.client(site.token("vera"))
    walker.examples(other_people, "logout")
    walker.call(other_people, "dashboard", expect={401})
    sessions(walker, host)
    beside_the_operations(walker, host)
    host.stop()


def lists(walker, people):
    """Pages, filters and what they refuse."""
    for operation in walker.contract.operations.values():
        names = walker.contract.query_of(operation)
        if "cursor" in names:
            page = walker.call(people.boss, operation.id, query="?limit=1", expect={200})
            if page.headers.get("Link"):
                link = page.headers["Link"].split(">")[0][1:]
                walker.call(people.boss, operation.id, query=link[link.index("?"):], expect={200})
            walker.call(people.boss, operation.id, query="?cursor=no-cursor", expect={400})
            walker.call(people.boss, operation.id, query="?limit=0", expect={422})
        if "created_from" in names:
            walker.call(people.boss, operation.id, query="?created_from=2026-01-01T00:00:00Z&created_to=2199-12-31",
                        expect={200})
            walker.call(people.boss, operation.id, query="?created_from=soon", expect={422})
    for operation_id, name in (("invoices.list", "status"), ("payments.list", "state"), ("approvals.list", "status")):
        schema = walker.contract.document["components"]["schemas"]
        words = {"invoices.list": "InvoiceStatus", "payments.list": "PaymentState", "approvals.list": "ApprovalStatus"}
        for value in schema[words[operation_id]]["enum"]:
            walker.call(people.boss, operation_id, query=f"?{name}={value}", expect={200})
        walker.call(people.boss, operation_id, query=f"?{name}=no-such", expect={422})
    walker.call(people.boss, "payments.list", query="?invoice_id=i&created_to=2199-12-31", expect={422})
    walker.call(people.boss, "vendors.list", query="?name_prefix=Meridian", expect={200})
    walker.call(people.boss, "vendors.list", query="?name_prefix=", expect={422})
    walker.call(people.boss, "audit.list", query="?subject=current", expect={200})
    walker.call(people.boss, "ledger.accounts", query="?under=assets:treasury", expect={200})
    walker.call(people.boss, "ledger.accounts", query="?as_of=2026-03-14", expect={200})
    walker.call(people.boss, "ledger.accounts", query="?as_of=yesterday", expect={422})


def dry_run(walker, client, operation_id, subject="", body=None, media_type="application/json"):
    """What would be, said to be no more than that."""
    answer = walker.call(client, operation_id, subject, body, media_type, {200, 204}, query="?dry_run=true")
    if answer.headers.get("Dry-Run") != "true":
        walker.judge(operation_id, ["a dry run does not say so"])
    walker.call(client, operation_id, subject, body, media_type, {422}, query="?dry_run=perhaps")
    return answer


def dry_runs(walker, people, vendor, approval):
    """What would be there, and nothing written."""
    key = walker.call(people.boss, "api_keys.create", body={"name": "to stay", "scopes": ["read"]}, expect={201}).json()["id"]
    verdict = {"payload_hash": approval["payload_hash"]}
    bodies = {"vendors.create": {"name": "Perhaps Ltd", "accounts": [{"rail": "bank", "asset": "MNEE", "address": "0x17"}]},
              "vendors.accounts.create": {"rail": "bank", "asset": "MNEE", "address": "0x18"},
              "approvals.approve": verdict, "approvals.reject": verdict,
              "password.set": {"password": "nine-small-otters-by-the-sea", "current_password": PASSWORD}}
    subjects = {"vendors.accounts.create": vendor["id"], "approvals.approve": approval["id"],
                "approvals.reject": approval["id"], "payments.resolve": approval["payment_id"], "api_keys.revoke": key,
                **{f"users.{verb}": "vera" for verb in ("roles.set", "disable", "enable", "password.set")}}
    lists = ("vendors.list", "policy.get", "invoices.list", "approvals.list", "payments.list", "users.list",
             "api_keys.list", "audit.list")
    there = [walker.call(people.boss, name, expect={200}).body for name in lists]
    for operation in walker.contract.operations.values():
        if "dry_run" not in walker.contract.query_of(operation):
            if operation.method != "GET" and operation.documented(422):
                media_type, body, _ = operation.examples()[0]
                walker.call(people.boss, operation.id, body=body, media_type=media_type, query="?dry_run=true", expect={422})
        elif operation.id not in ("payments.cancel", "breaks.resolve", "quarantine.release"):  # tried where they are done
            media_type, body, _ = operation.examples()[0]
            dry_run(walker, people.boss, operation.id, subjects.get(operation.id, ""), bodies.get(operation.id, body),
                    media_type or "application/json")
    for outcome, number, amount in (("pay", "T-1", "12.50"), ("ask", "T-2", "9000.00"), ("refuse", "T-3", "-5.00")):
        told = dry_run(walker, people.clerk, "process_invoice", body=invoice(number, amount)).json()
        if told["outcome"] != outcome:
            walker.judge("process_invoice", [f"a dry run tells {told['outcome']}, and not {outcome}"])
    for media_type, body, _ in walker.contract.operations["invoices.submit"].examples():
        walker.call(people.clerk, "invoices.submit", "", body, media_type, {200, 422}, query="?dry_run=true")
    if there != [walker.call(people.boss, name, expect={200}).body for name in lists]:
        walker.judge("dry runs", ["something was written"])


def policy(walker, people):
    """Replaced by who has read it, and by nobody else."""
    read = walker.call(people.boss, "policy.get", expect={200})
    walker.call(people.boss, "policy.put", body=read.json(), expect={428}, If_Match=None)
    walker.call(people.boss, "policy.put", body=read.json(), expect={412}, If_Match='"another"')
    walker.call(people.boss, "policy.put", body={**read.json(), "min_confidence": "2"}, expect={422})
    walker.call(people.boss, "policy.put", body={**read.json(), "payee_cool_off_s": 90000}, expect={200},
                If_Match=read.headers["ETag"])
    walker.call(people.boss, "policy.put", body=read.json(), expect={412}, If_Match=read.headers["ETag"])
    tiered = walker.call(people.boss, "policy.get", expect={200})
    body = {**tiered.json(), "approval_tiers": [{"above": "9000", "approvals": 2}]}
    walker.call(people.boss, "policy.put", body=body, expect={200}, If_Match=tiered.headers["ETag"])
    asked = walker.call(people.clerk, "process_invoice", body=invoice("D-3", "9001.00"), expect={202}).json()["approval_id"]
    verdict = {"payload_hash": people.boss.get(f"/api/v1/approvals/{asked}").json()["payload_hash"]}
    walker.call(people.anna, "approvals.approve", asked, verdict, expect={202})
    walker.call(people.boss, "approvals.reject", asked, verdict, expect={200})


def decisions(walker, people, approval):
    """An approval that is given, one that is refused, and what cannot be decided."""
    second = walker.call(people.boss, "process_invoice", body=invoice("D-1", "8000.00"), expect={202}).json()
    body = {"payload_hash": people.boss.get(f"/api/v1/approvals/{second['approval_id']}").json()["payload_hash"]}
    walker.call(people.boss, "approvals.approve", second["approval_id"], body, expect={403})
    walker.call(people.anna, "approvals.reject", second["approval_id"], {**body, "reason": "not ordered"}, expect={200})
    verdict = {"payload_hash": approval["payload_hash"], "reason": "looked at it"}
    walker.call(people.anna, "approvals.approve", approval["id"], verdict, expect={200}, Prefer="wait=20")
    walker.call(people.anna, "approvals.approve", approval["id"], verdict, expect={409})
    walker.call(people.boss, "approvals.get", approval["id"], expect={200})
    walker.call(people.boss, "payments.cancel", approval["payment_id"], expect={409})
    third = walker.call(people.clerk, "process_invoice", body=invoice("D-2", "7000.00"), expect={202}).json()
    walker.examples(people.boss, "payments.resolve", third["payment_id"])
    said = walker.contract.operations["payments.resolve"].examples()[0][1]
    walker.call(people.anna, "payments.resolve", third["payment_id"], said, expect={200})
    walker.call(people.boss, "invoices.get", third["invoice_id"], expect={200})


def events(walker, people, host):
    """As a long poll, and the first bytes of a stream."""
    walker.call(people.vera, "events", query="?after=0&wait=0", expect={200})
    walker.call(people.vera, "events", query="?after=soon", expect={422})
    walker.call(people.vera, "events", expect={400}, Last_Event_ID="yesterday")
    asked = urllib.request.Request(host.url + "/api/v1/events", headers={
        "Authorization": "Bearer " + people.tokens["vera"], "Last-Event-ID": "0"})
    with contextlib.closing(urllib.request.urlopen(asked, timeout=20)) as stream:
        answer = Answer(stream.status, stream.headers, stream.readline())
    walker.judge("events, as a stream", walker.contract.faults(walker.contract.operations["events"], answer))


def accounts(walker, people, host, site):
    """Users and their keys, from their beginning to their end."""
    walker.examples(people.boss, "users.create")
    walker.call(people.boss, "users.create", body=walker.contract.operations["users.create"].examples()[0][1], expect={409})
    for operation_id in ("users.get", "users.roles.set", "users.disable", "users.enable", "users.password.set"):
        walker.examples(people.boss, operation_id, "ruth")
    walker.call(people.boss, "users.disable", "boss", expect={409})
    walker.call(people.boss, "users.create", body={"name": "rob", "password": "seven-wet-otters", "roles": ["owner"]},
                expect={422})
    walker.call(people.boss, "api_keys.create", body={"name": "nothing", "scopes": ["everything"]}, expect={422})
    key = walker.examples(people.clerk, "api_keys.create")[0].json()
    walker.call(host.client(), "payments.list", expect={200}, X_API_Key=key["key"])
    walker.call(host.client(), "approvals.approve", body={"payload_hash": "0"}, expect={403}, X_API_Key=key["key"])
    walker.call(people.clerk, "api_keys.list", query="?user=boss", expect={403})
    walker.call(people.boss, "api_keys.list", query="?user=clerk", expect={200})
    walker.call(people.clerk, "api_keys.revoke", key["id"], expect={204})
    walker.call(host.client(), "payments.list", expect={401}, X_API_Key=key["key"])
    site.add_user("paula", "viewer")
    paula = host.client(site.token("paula"))
    walker.examples(paula, "password.set")
    walker.call(paula, "dashboard", expect={401})


def sessions(walker, host):
    """A browser's, from its beginning to its end, and what another site's page gets."""
    client, own = host.client(), {"Origin": host.url, "X_Requested_With": "test"}
    for media_type, value, status in walker.contract.operations["session.open"].examples():
        opened = walker.call(client, "session.open", body=value, media_type=media_type, expect={status}, **own)
        cookie = opened.headers["Set-Cookie"].split(";")[0]
        walker.call(client, "dashboard", expect={200}, Cookie=cookie)
        walker.call(client, "session.close", expect={403}, Cookie=cookie)
        walker.call(client, "session.close", expect={204}, Cookie=cookie, **own)
        walker.call(client, "session.close", expect={204}, Cookie=cookie, **own)
    _, value, _ = walker.contract.operations["session.open"].examples()[0]
    walker.call(client, "session.open", body=value, expect={403}, Origin="https://evil.example", X_Requested_With="x")
    walker.call(client, "session.open", body={**value, "password": "a guess"}, expect={401}, **own)
    opened = walker.call(client, "session.open", body=value, expect={200}, **own)
    cookie = opened.headers["Set-Cookie"].split(";")[0]
    for operation in walker.contract.operations.values():
        if operation.is_open or operation.method == "GET":
            continue
        _, body, _ = operation.examples()[0]
        media_type = operation.examples()[0][0] or "application/json"
        walker.call(client, operation.id, body=body, media_type=media_type, expect={403}, Cookie=cookie,
                    Origin="https://evil.example", X_Requested_With="x")


def beside_the_operations(walker, host):
    """Paths and methods that no operation has."""
    client = host.client()
    for method, path, status in (("GET", "/no-such-path", 404), ("DELETE", "/api/dashboard", 405)):
        answer = client.send(method, path)
        found = walker.contract.faults_of_problem(answer)
        if answer.status != status:
            found.append(f"expected {status}, got {answer}")
        walker.judge(f"{method} {path}", found)
    for _ in range(40):
        if walker.call(client, "token", body={"username": "mallory", "password": "a guess"}, expect={401, 429}).status == 429:
            break
    if 429 not in walker.seen["token"]:
        walker.judge("token", ["forty wrong passwords were not throttled"])


def slow_and_refusing_rail(site, walker):
    """What is answered while a payment is open, and when the rail refuses it."""
    host = site.start(**{RAIL + "settle_after": 600000})
    people = People(site, host)
    open_one = walker.call(people.clerk, "process_invoice", body=invoice("S-1"), expect={202}, Prefer="respond-async").json()
    walker.call(people.clerk, "invoices.submit", body={"text": invoice("S-2", "13.50")["raw_text"]}, expect={202},
                Prefer="wait=0")
    walker.call(people.anna, "payments.get", open_one["payment_id"], expect={200})
    dry_run(walker, people.anna, "payments.cancel", open_one["payment_id"])
    walker.examples(people.anna, "payments.cancel", open_one["payment_id"])
    walker.call(people.anna, "dashboard.logs", expect={200})
    host.kill()
    host = site.start(**{RAIL + "refuse_every": 1})
    people = People(site, host)
    walker.call(people.clerk, "process_invoice", body=invoice("S-3", "14.50"), expect={502}, Prefer="wait=20")
    walker.call(people.clerk, "invoices.submit", body={"text": invoice("S-4", "15.50")["raw_text"]}, expect={502},
                Prefer="wait=20")
    host.stop()


def unknown_payments_and_breaks(site, walker):
    """A payment that only people can tell about, and money that left without us."""
    host = site.start(testing__fault_point="saga.after_commit_a:1", **{RAIL + "idempotent": "false"})
    with contextlib.suppress(ConnectionLost):
        host.client(site.token("clerk")).post("/api/process-invoice", invoice("U-1", "16.50"))
    if host.wait_end() != -signal.SIGKILL:
        raise AssertionError("the host was to die after Commit A")
    with contextlib.closing(sqlite3.connect(os.path.join(site.data, "bank.db"))) as bank, bank:
        bank.execute("INSERT INTO movements (direction, asset, units) VALUES ('out', 'MNEE', '100000')")
    host = site.start(**{RAIL + "idempotent": "false"})
    people = People(site, host)
    wait_until(lambda: [one["payment"]["needs_person"] for one in people.boss.items("/api/v1/unknowns")] == [True], 20,
               "the payment waits for a person")
    unknown = walker.call(people.vera, "unknowns.list", expect={200}).json()["items"][0]["payment"]["id"]
    walker.examples(people.vera, "unknowns.get", unknown)
    walker.call(people.vera, "dashboard", expect={200})
    said = {"outcome": "not_paid", "reason": "the bank's clerk has looked"}
    walker.call(people.boss, "payments.resolve", unknown, said, expect={202})
    walker.call(people.anna, "payments.resolve", unknown, said, expect={200})
    report = walker.call(people.boss, "reconciliation.run", expect={200}).json()
    (found,) = (one for one in report["breaks"] if one["kind"] == "money_left_without_us")
    said = walker.contract.operations["breaks.resolve"].examples()[0][1]
    dry_run(walker, people.boss, "breaks.resolve", found["id"], said)
    walker.examples(people.boss, "breaks.resolve", found["id"])
    walker.call(people.anna, "breaks.resolve", found["id"], said, expect={200})
    walker.call(people.anna, "breaks.resolve", found["id"], said, expect={409})
    walker.call(people.vera, "reconciliation.get", expect={200})
    host.stop()


def quarantine(site, walker):
    """A store that was restored."""
    backup = os.path.join(site.folder, "a.backup.gz")
    site.run("backup", backup, "--with-keys")
    with Site("openapi-restored", {**site.settings, "payments.quarantine_min_s": 600}) as other:
        with contextlib.closing(sqlite3.connect(os.path.join(site.data, "bank.db"))) as there, \
                contextlib.closing(sqlite3.connect(os.path.join(other.data, "bank.db"))) as here:
            there.backup(here)  # the rail's own book is where it was
        other.run("restore", backup)
        host = other.start()
        people = People(other, host)
        if not walker.call(people.vera, "quarantine.get", expect={200}).json()["active"]:
            raise AssertionError("a restored store is in quarantine")
        walker.call(people.vera, "dashboard", expect={200})
        dry_run(walker, people.boss, "quarantine.release", body={"reason": "looked at it"})
        walker.examples(people.boss, "quarantine.release")
        walker.call(people.boss, "quarantine.release", body={"reason": "again"}, expect={409})
        walker.call(people.vera, "quarantine.get", expect={200})
        host.stop()


def limited(site, walker):
    """Two requests a minute: what the third is told."""
    host = site.start(rate_limit__enabled="true", rate_limit__per_minute=2)
    client = host.client()
    statuses = [walker.call(client, "openapi", expect={200, 429}).status for _ in range(3)]
    if statuses[-1] != 429 or statuses[0] != 200:
        walker.judge("openapi, three times", [f"answered {statuses}"])
    host.stop()


def check_routes(site, walker):
    host = site.start()
    found = {path: methods_of(host.url, path) for path in paths_in_source(SOURCE)}
    walker.judge("routes of the host", walker.contract.routes_missing(found))
    host.stop()


def check_successes_seen(walker):
    for operation in walker.contract.operations.values():
        for status in sorted(operation.successes() - walker.seen[operation.id]):
            if (operation.id, status) not in NEVER_SEEN:
                walker.judge(operation.id, [f"it is described to answer {status}, and never did"])
    for operation_id, status in NEVER_SEEN:
        if operation_id not in walker.contract.operations or status in walker.seen[operation_id]:
            walker.judge(operation_id, [f"it stands in NEVER_SEEN with {status}, and should not"])


def check_it_can_fail(site):
    """A document that leaves something out, or says something else, is noticed."""
    host = site.start()
    document, boss = host.client().get("/openapi.json").json(), host.client(site.token("boss"))
    answer = boss.get("/api/v1/invoices?limit=1")
    refusal = boss.get("/api/v1/invoices?limit=0")

    def told(change, faults):
        changed = copy.deepcopy(document)
        change(changed)
        contract = Contract(changed)
        if not faults(contract):
            raise AssertionError(f"this change was not noticed: {change.__name__}")

    def of_list(one):
        return lambda contract: contract.faults(contract.operations["invoices.list"], one)

    def a_member_is_left_out(changed):
        del changed["components"]["schemas"]["Invoice"]["properties"]["decision"]

    def a_nested_member_is_left_out(changed):
        del changed["components"]["schemas"]["Reason"]["properties"]["rule"]

    def a_member_has_another_type(changed):
        changed["components"]["schemas"]["Money"]["properties"]["amount"] = {"type": "number"}

    def a_required_member_never_comes(changed):
        changed["components"]["schemas"]["Invoice"]["required"].append("no_such_member")

    def a_status_is_left_out(changed):
        del changed["paths"]["/api/v1/invoices"]["get"]["responses"]["422"]

    def a_problem_code_is_left_out(changed):
        for response in changed["components"]["responses"].values():
            codes = response["content"]["application/problem+json"]["schema"]["properties"]["code"]["enum"]
            codes[:] = [code for code in codes if code != "validation_failed"]

    def a_path_is_left_out(changed):
        del changed["paths"]["/api/v1/invoices/{id}"]

    def a_path_is_made_up(changed):
        changed["paths"]["/api/v1/refunds"] = changed["paths"]["/api/v1/invoices"]

    def an_example_does_not_fit(changed):
        changed["components"]["schemas"]["RawInvoice"]["properties"]["raw_text"]["maxLength"] = 3

    def a_route_is_not_described(changed):
        changed["paths"]["/api/v1/invoices"]["get"]["x-undocumented"] = True

    for contract in (Contract(document),):
        if of_list(answer)(contract) or of_list(refusal)(contract):
            raise AssertionError("the document as it is was to be true")
    for change in (a_member_is_left_out, a_nested_member_is_left_out, a_member_has_another_type,
                   a_required_member_never_comes):
        told(change, of_list(answer))
    for change in (a_status_is_left_out, a_problem_code_is_left_out):
        told(change, of_list(refusal))
    routes = {path: methods_of(host.url, path) for path in paths_in_source(SOURCE)}
    for change in (a_path_is_left_out, a_path_is_made_up):
        told(change, lambda contract: contract.routes_missing(routes))
    for change in (an_example_does_not_fit, a_route_is_not_described):
        told(change, lambda contract: contract.faults_of_document())
    host.stop()


def main():
    began = time.monotonic()
    print("openapi", flush=True)
    with Site("openapi", QUICK) as site:
        for name, role in (("vera", "viewer"), ("clerk", "submitter"), ("anna", "approver"), ("boss", "admin"),
                           ("admin", "admin")):
            site.add_user(name, role)
        host = site.start()
        walker = Walker(contract_of(host))
        host.stop()
        walker.judge("the document", walker.contract.faults_of_document())
        check_routes(site, walker)
        daily_work(site, walker)
        check_it_can_fail(site)
        slow_and_refusing_rail(site, walker)
        unknown_payments_and_breaks(site, walker)
        limited(site, walker)
        quarantine(site, walker)
        check_successes_seen(walker)
    statuses = sum(len(seen) for seen in walker.seen.values())
    print(f"openapi: {len(walker.contract.operations)} operations, {walker.calls} answers with {statuses} statuses of them "
          f"judged, {len(walker.faults)} faults, {time.monotonic() - began:.1f} s")
    return 1 if walker.faults else 0


if __name__ == "__main__":
    assert PASSWORD  # the examples of /token sign in with it
    sys.exit(main())
