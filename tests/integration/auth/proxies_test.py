#!/usr/bin/env python3
"""Behind a trusted proxy the limits, the throttle of sign-ins and the log are about the client; a stranger who says the
same is himself. 127.0.0.1 is the proxy here, and 127.0.0.2 the stranger.
"""
import contextlib
import http.client
import json
import os
import sys
import unittest
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TREASURER_SOURCE"], "tests/support"))
from host import Site, wait_until

CLIENTS = ("198.51.100.1", "198.51.100.2", "2001:db8::77")


class Proxies(unittest.TestCase):
    def asked(self, source, forwarded="", method="GET", path="/openapi.json", body=None):
        """(status, X-RateLimit-Remaining) of one request that comes from `source`."""
        at = urllib.parse.urlsplit(self.host.url)
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        if body:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(at.hostname, at.port, timeout=20, source_address=(source, 0))
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers["X-RateLimit-Remaining"]

    def start(self, **settings):
        self.site = self.enterContext(Site("proxies", {"rate_limit.enabled": "true", **settings}))
        self.host = self.site.start()

    def clients_logged(self):
        return [json.loads(line)["client"] for line in self.host.log_text().splitlines() if '"msg":"request"' in line]

    def test_each_client_of_a_proxy_has_his_own_limit(self):
        self.start(**{"server.trusted_proxies": "[127.0.0.1]", "rate_limit.per_minute": 2})
        for client in CLIENTS:
            told = [self.asked("127.0.0.1", "127.0.0.1, " + client) for _ in range(3)]
            self.assertEqual([status for status, _ in told], [200, 200, 429], client)
        stranger = [self.asked("127.0.0.2", f"203.0.113.{i}")[0] for i in range(3)]
        self.assertEqual(stranger, [200, 200, 429])
        wait_until(lambda: len(self.clients_logged()) >= 12, 20, "twelve requests are logged")
        self.assertEqual(set(self.clients_logged()), {*CLIENTS, "127.0.0.2"})

    def test_guesses_of_one_client_keep_no_other_out(self):
        self.start(**{"server.trusted_proxies": "[\"127.0.0.1\", \"2001:db8:1::/48\"]", "rate_limit.per_minute": 1000})
        guess = {"username": "admin", "password": "a wrong guess"}
        statuses = [self.asked("127.0.0.1", CLIENTS[0], "POST", "/token", guess)[0] for _ in range(21)]
        self.assertEqual(statuses, [401] * 20 + [429])
        self.assertEqual(self.asked("127.0.0.1", CLIENTS[1], "POST", "/token", guess)[0], 401)

    def test_without_trust_a_proxy_is_a_client(self):
        self.start(**{"rate_limit.per_minute": 2})
        statuses = [self.asked("127.0.0.1", client)[0] for client in CLIENTS]
        self.assertEqual(statuses, [200, 200, 429])


if __name__ == "__main__":
    unittest.main()
