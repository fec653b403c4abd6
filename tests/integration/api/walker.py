"""Calls operations of a running host by their ids, and has a Contract judge every answer."""

import collections
import json
import urllib.parse
import uuid

NOBODY = "019a0000-0000-7000-8000-000000000000"  # an id that nothing has


def encoded(media_type, value):
    """(Content-Type, bytes) of an example; bytes go as they are."""
    if isinstance(value, bytes):
        return media_type, value
    if media_type == "application/json":
        return media_type, json.dumps(value).encode()
    if media_type == "application/x-www-form-urlencoded":
        return media_type, urllib.parse.urlencode(value).encode()
    if media_type == "multipart/form-data":
        boundary = "part-of-an-example"  # always this: a request that is sent again has to be the same bytes
        parts = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
                        for name, text in value.items())
        return f"{media_type}; boundary={boundary}", f"{parts}--{boundary}--\r\n".encode()
    return media_type, value.encode()


class Walker:
    """Threads: one. `faults` is what was answered otherwise than described or expected."""

    def __init__(self, contract):
        self.contract = contract
        self.calls = 0
        self.faults = []
        self.seen = collections.defaultdict(set)

    def judge(self, what, found):
        self.calls += 1
        self.faults += [f"{what}: {fault}" for fault in found]
        for fault in found:
            print(f"  WRONG {what}: {fault}", flush=True)

    def call(self, client, operation_id, subject="", body=None, media_type="application/json", expect=None, query="",
             **headers):
        """One request, with the headers that the operation requires but those given as None. `expect`: the statuses that
        are right."""
        operation = self.contract.operations[operation_id]
        path = operation.path.replace("{id}", urllib.parse.quote(subject or NOBODY)) + query
        fields = {**self.contract.required_headers(operation),
                  **{name.replace("_", "-"): value for name, value in headers.items()}}
        fields = {name: value for name, value in fields.items() if value is not None}
        data = None
        if body is not None:
            fields["Content-Type"], data = encoded(media_type, body)
        answer = client.send(operation.method, path, data, fields)
        self.seen[operation_id].add(answer.status)
        what = f"{operation_id}{query} {media_type if body is not None else ''} -> {answer.status}"
        found = self.contract.faults(operation, answer)
        if expect is not None and answer.status not in expect:
            found.append(f"expected {sorted(expect)}, got {answer}")
        self.judge(what, found)
        return answer

    def examples(self, client, operation_id, subject="", prefer=None):
        """Sends every example of an operation, each twice under one key where it takes keys. Returns the answers."""
        operation = self.contract.operations[operation_id]
        out = []
        for media_type, value, status in operation.examples():
            headers = {"Prefer": prefer} if prefer else {}
            if operation.takes_key:
                headers["Idempotency_Key"] = str(uuid.uuid4())
            answer = self.call(client, operation_id, subject, value, media_type, {status}, **headers)
            if operation.takes_key and answer.status < 300:
                again = self.call(client, operation_id, subject, value, media_type, {status}, **headers)
                if again.headers.get("Idempotency-Replayed") != "true" or again.body != answer.body:
                    self.judge(f"{operation_id} again under its key", [f"answered anew: {again}"])
            if operation.documented(304) and answer.status == 200:
                self.unchanged(client, operation_id, subject, answer.headers["ETag"])
            out.append(answer)
        return out

    def unchanged(self, client, operation_id, subject, tag):
        """Asks for what the client has by its tag, and by any tag where it is something else by now."""
        again = self.call(client, operation_id, subject, expect={200, 304}, If_None_Match=tag)
        if again.status == 200:
            if again.headers["ETag"] == tag:
                self.judge(f"{operation_id} with its tag", ["sent again what the client has"])
            self.call(client, operation_id, subject, expect={304}, If_None_Match="*")

    def refusals(self, operation_id, host, viewer):
        """Sends the operation whatever it can be refused for without knowing more of it. `viewer`: a token that may only
        read."""
        operation = self.contract.operations[operation_id]
        nobody, known = host.client(), host.client("" if operation.is_open else viewer)
        media_type, body, _ = operation.examples()[0]
        sent = {"body": body, "media_type": media_type}
        if not operation.is_open:
            self.call(nobody, operation_id, expect={401}, **sent)
            self.call(host.client("not.a.token"), operation_id, expect={401}, **sent)
        if operation.roles and "viewer" not in operation.roles:
            self.call(known, operation_id, expect={403}, **sent)

    def malformed(self, operation_id, host, token):
        """The same of who may: wrong query, body, type, size, key, subject, and nothing acceptable."""
        operation = self.contract.operations[operation_id]
        client = host.client("" if operation.is_open else token)
        media_type, body, _ = operation.examples()[0]
        sent = {"body": body, "media_type": media_type}
        if operation.documented(422):
            self.call(client, operation_id, query="?no_such_parameter=1", expect={422}, **sent)
        if "{id}" in operation.path:
            self.call(client, operation_id, expect={404}, **sent)
        if operation.documented(406):
            self.call(client, operation_id, expect={406}, Accept="application/x-nothing", **sent)
        if operation.takes_key:
            self.call(client, operation_id, expect={400}, Idempotency_Key="k" * 256, **sent)
        if body is None:
            return
        limit = operation.spec["x-max-body-bytes"]
        if limit < 1_000_000:
            self.call(client, operation_id, body=b" " * (limit + 1), expect={413})
        if media_type == "application/json":
            self.call(client, operation_id, body=b"{", expect={400})
            self.call(client, operation_id, body=b"a,b", media_type="text/csv", expect={415})
            self.call(client, operation_id, body={}, expect={422})
