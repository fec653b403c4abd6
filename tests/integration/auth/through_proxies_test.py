#!/usr/bin/env python3
"""A host behind nginx and behind haproxy, with TLS, as docs/operate.md sets them up: a browser's session is by the cookie
that only this host can have set, and the client is whom the proxy was asked by, whatever the client says of itself.
"""
import contextlib
import http.client
import json
import os
import shutil
import ssl
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(os.environ["TREASURER_SOURCE"], "tests", *part)
                for part in (("support",), ("integration", "http_edge"))]
from behind_proxies import changed, documented
from host import PASSWORD, Site, wait_until
from proxies import Haproxy, Nginx
from redis_server import make_certificates

CLIENT = "127.0.0.2"
LIES = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}


class ThroughProxies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = cls.enterClassContext(Site("through-proxies", {
            "server.trusted_proxies": "[127.0.0.1]", "rate_limit.enabled": "true", "rate_limit.per_minute": 1000}))
        cls.host = cls.site.start()
        cls.folder = tempfile.mkdtemp(prefix="treasurer-certificates-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        make_certificates(cls.folder)
        cls.pem = os.path.join(cls.folder, "both.pem")
        with open(cls.pem, "w", encoding="utf-8") as both:
            for part in ("server.crt", "server.key"):
                with open(os.path.join(cls.folder, part), encoding="utf-8") as file:
                    both.write(file.read())
        cls.upstream = cls.host.url.removeprefix("http://")

    def nginx(self):
        return Nginx(changed(documented("server {"), ("listen 443 ssl;", "listen LISTEN ssl;"),
                             (r"ssl_certificate  .*;", f"ssl_certificate {self.pem};"),
                             (r"ssl_certificate_key .*;", f"ssl_certificate_key {self.pem};"),
                             (r"127\.0\.0\.1:8080", self.upstream)), patience_ms=20000)

    def haproxy(self):
        return Haproxy(changed(documented("frontend https"), (r"bind :443 ssl crt \S+", f"bind LISTEN ssl crt {self.pem}"),
                               (r"127\.0\.0\.1:8080", self.upstream)), patience_ms=20000)

    def send(self, proxy, method, path, body=None, **headers):
        """(status, Set-Cookie, code) of what a client that lies is answered."""
        trust = ssl.create_default_context(cafile=os.path.join(self.folder, "ca.crt"))
        connection = http.client.HTTPSConnection("127.0.0.1", proxy.port, timeout=20, context=trust,
                                                 source_address=(CLIENT, 0))
        fields = {**LIES, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body:
            fields["Content-Type"] = "application/json"
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body else None, fields)
            answer = connection.getresponse()
            text = answer.read()
            code = json.loads(text).get("code", "") if answer.status >= 400 else ""
            return answer.status, answer.headers.get("Set-Cookie", ""), code

    def through(self, proxy):
        try:
            self.signed_in_through(proxy)
        finally:
            proxy.end()

    def signed_in_through(self, proxy):
        own = f"https://127.0.0.1:{proxy.port}"
        page = {"Origin": own, "X_Requested_With": "dashboard"}
        status, cookie, _ = self.send(proxy, "POST", "/session", {"username": "admin", "password": PASSWORD}, **page)
        self.assertEqual(status, 200)
        self.assertTrue(cookie.startswith("__Host-treasurer=") and "; Secure" in cookie, cookie)
        cookie = cookie.split(";")[0]
        change = ("POST", "/api/settings/limit?dry_run=true", {"new_limit": 450})
        self.assertEqual(self.send(proxy, "GET", "/api/dashboard", Cookie=cookie)[0], 200)
        self.assertEqual(self.send(proxy, *change, Cookie=cookie, **page)[0], 200)
        for origin in ("https://evil.example", own.replace("https", "http")):
            refused = self.send(proxy, *change, Cookie=cookie, **{**page, "Origin": origin})
            self.assertEqual((refused[0], refused[2]), (403, "cross_site"), origin)
        self.assertEqual(self.send(proxy, "DELETE", "/session", Cookie=cookie, **page)[0], 204)
        self.assertEqual(self.send(proxy, "GET", "/api/dashboard", Cookie=cookie)[0], 401)
        wait_until(lambda: len(self.clients()) >= 7, 20, "seven requests are logged")
        self.assertEqual(set(self.clients()), {CLIENT})

    def clients(self):
        lines = [json.loads(line) for line in self.host.log_text().splitlines() if '"msg":"request"' in line]
        return [line["client"] for line in lines if line["path"] != "/health/ready"]  # haproxy's own

    def test_nginx(self):
        self.through(self.nginx())

    def test_haproxy(self):
        self.through(self.haproxy())


if __name__ == "__main__":
    unittest.main()
