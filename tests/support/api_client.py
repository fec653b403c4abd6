"""A client of the host's HTTP interface: one keep-alive connection, JSON in and out.

Threads: one client per thread. Errors: whatever breaks a connection is raised as ConnectionLost; every answer, also a
refusal, is returned.
"""

import http.client
import json
import urllib.parse


class ConnectionLost(Exception):
    """No answer came: the request may or may not have been carried out."""


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def code(self):
        """The `code` of a problem document; "" for any other body."""
        if not self.headers.get("Content-Type", "").startswith("application/problem+json"):
            return ""
        return self.json().get("code", "")

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class Client:
    def __init__(self, url, token="", timeout=30.0):
        parts = urllib.parse.urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
        self._token = token

    def connect(self):
        try:
            self._connection.connect()
        except OSError as error:
            raise ConnectionLost(str(error)) from error

    def close(self):
        self._connection.close()

    def send(self, method, path, body=None, headers=None):
        """`body`: bytes as they are, or anything else as JSON."""
        fields = {}
        if self._token:
            fields["Authorization"] = "Bearer " + self._token
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            fields["Content-Type"] = "application/json"
        fields.update(headers or {})
        try:
            self._connection.request(method, path, body=body, headers=fields)
            response = self._connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise ConnectionLost(f"{type(error).__name__}: {error}") from error

    def get(self, path, **headers):
        return self.send("GET", path, headers=headers)

    def post(self, path, body=None, headers=None):
        return self.send("POST", path, body, headers)

    def items(self, path):
        """All items of a list, page by page."""
        out = []
        cursor = ""
        while True:
            page = self.get(path + ("&" if "?" in path else "?") + "limit=200" + cursor)
            if page.status != 200:
                raise AssertionError(f"GET {path}: {page}")
            document = page.json()
            out += document["items"]
            if not document.get("next_cursor"):
                return out
            cursor = "&cursor=" + urllib.parse.quote(document["next_cursor"])
