#!/usr/bin/env python3
"""What a client of the original service does, request by request; none of it has to be changed. Standard library alone.

    TREASURER_PASSWORD=... original_client.py URL USER INVOICE.txt

USER is an admin: the original's clients change the limit. It is put back at the end.
"""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request


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


def main():
    url, user, file = sys.argv[1:]
    password = os.environ["TREASURER_PASSWORD"]
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
    limit = expect("limit", send(url + "/api/settings/limit", token=token), 200, ["limit"])["limit"]
    changed = expect("a new limit", send(url + "/api/settings/limit", "POST", json.dumps({"new_limit": 1600}).encode(),
                                         "application/json", token), 200, ["limit"])
    if changed["limit"] != 1600:
        sys.exit(f"the limit is {changed}")

    with open(file, encoding="utf-8") as document:
        body = json.dumps({"raw_text": document.read()}).encode()
    paid = expect("process-invoice", send(url + "/api/process-invoice", "POST", body, "application/json", token), 200,
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
    expect("the limit as it was", send(url + "/api/settings/limit", "POST", json.dumps({"new_limit": limit}).encode(),
                                       "application/json", token), 200, ["limit"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
