#!/usr/bin/env python3
"""What a client of the original service does, request by request; none of it has to be changed. Standard library alone.

    TREASURER_PASSWORD=... original_client.py URL USER INVOICE.txt

USER is an admin: the original's clients change the limit. It is put back at the end, also where a step before that fails.
Exit code 0: all of it went as with the original, or the invoice had been submitted before; 1: one exchange did not, and one
line says which; 2: called wrongly, or the host cannot be reached.
"""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

USAGE = "usage: TREASURER_PASSWORD=... original_client.py URL USER INVOICE.txt"
NEW_LIMIT = 1600

def send(url, method="GET", body=None, content_type=None, token=None):
    """(status, JSON) of one request."""
    headers = {}
    if content_type:
        headers["Content-Type"] = content_type
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def form_login(url, user, password):
    body = urllib.parse.urlencode({"username": user, "password": password}).encode()
    return send(url + "/token", "POST", body, "application/x-www-form-urlencoded")


def multipart_login(url, user, password):
    parts = "".join(f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                    for name, value in (("username", user), ("password", password)))
    return send(url + "/token", "POST", f"{parts}--limit--\r\n".encode(), "multipart/form-data; boundary=limit")


def expect(what, answer, status, members):
    """Prints one line an exchange; ends the program where the original's clients would not go on."""
    got, body = answer
    first = body[0] if isinstance(body, list) and body else body
    missing = sorted(set(members) - set(first))
    if got != status or missing:
        sys.exit(f"{what}: {got}, without {missing}: {body}")
    print(f"{what}: {got}")
    return body


def set_limit(what, url, token, limit):
    body = json.dumps({"new_limit": limit}).encode()
    return expect(what, send(url + "/api/settings/limit", "POST", body, "application/json", token), 200, ["limit"])


def limit_of(what, url, token):
    return expect(what, send(url + "/api/settings/limit", token=token), 200, ["limit"])["limit"]


def put_back(url, token, limit):
    """The limit as it was before, unless somebody else has set another one meanwhile."""
    if limit_of("limit at the end", url, token) == NEW_LIMIT != limit:
        set_limit("the limit as it was", url, token, limit)


def submit(url, token, body):
    """Pays an invoice within the limit, and sees that it is paid once. One of an earlier run is told to be that."""
    answer = send(url + "/api/process-invoice", "POST", body, "application/json", token)
    if answer[0] == 409 and answer[1].get("code") == "duplicate_invoice":
        print("process-invoice: 409, it was submitted before, and nothing is paid twice")
        return
    paid = expect("process-invoice", answer, 200,
                  ["status", "tx_hash", "vendor", "amount", "currency", "balance", "runway_months", "agent_thought"])
    if paid["status"] != "APPROVED":
        sys.exit(f"process-invoice: {paid}")
    expect("the same once more", send(url + "/api/process-invoice", "POST", body, "application/json", token), 409,
           ["detail"])
    logs = expect("logs", send(url + "/api/dashboard/logs?page=1&limit=10", token=token), 200,
                  ["id", "timestamp", "event", "vendor", "amount", "currency", "status", "tx_hash", "balance", "required",
                   "reason", "approval_id", "agent_thought"])
    if not any(line["tx_hash"] == paid["tx_hash"] for line in logs):
        sys.exit(f"the payment is not in the logs: {logs}")


def exchanges(url, user, password, body):
    expect("health", send(url + "/health"), 200, ["status", "version", "timestamp"])
    expect("login as a multipart form", multipart_login(url, user, password), 200, ["access_token", "token_type"])
    signed_in = expect("login as a form", form_login(url, user, password), 200, ["access_token", "token_type"])
    if signed_in["token_type"] != "bearer":
        sys.exit(f"token_type is {signed_in['token_type']}")
    token = signed_in["access_token"]

    board = expect("dashboard", send(url + "/api/dashboard", token=token), 200,
                   ["status", "treasury_balance", "currency", "monthly_burn", "runway_months", "alerts"])
    if board["status"] != "Online" or not isinstance(board["treasury_balance"], (int, float)):
        sys.exit(f"dashboard: {board}")
    limit = limit_of("limit", url, token)
    try:
        changed = set_limit("a new limit", url, token, NEW_LIMIT)
        if changed["limit"] != NEW_LIMIT:
            sys.exit(f"the limit is {changed}")
        submit(url, token, body)
    finally:
        put_back(url, token, limit)


def main():
    if len(sys.argv) != 4 or sys.argv[1].startswith("-") or "TREASURER_PASSWORD" not in os.environ:
        print(USAGE, file=sys.stderr)
        return 2
    url, user, file = sys.argv[1:]
    try:
        with open(file, encoding="utf-8") as document:
            body = json.dumps({"raw_text": document.read()}).encode()
        exchanges(url, user, os.environ["TREASURER_PASSWORD"], body)
    except (OSError, ValueError) as error:  # no file, no host, or no JSON: somebody else answered
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
