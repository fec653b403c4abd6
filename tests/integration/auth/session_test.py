#!/usr/bin/env python3
"""A browser's session on a real host: the cookie signs in what the page does and listens to, nothing that another site's
page could send, and by TLS through a proxy it is one that only the host can have set.
"""
import contextlib
import os
import sys
import unittest
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TREASURER_SOURCE"], "tests/support"))
from host import PASSWORD, Site

LIMIT = {"new_limit": 450}


def opened(client, origin, **headers):
    return client.send("POST", "/session", {"username": "admin", "password": PASSWORD},
                       {"Origin": origin, "X-Requested-With": "dashboard", **headers})


def cookie_of(answer):
    assert answer.status == 200, answer
    return answer.headers["Set-Cookie"].split(";")[0]


class Session(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = cls.enterClassContext(Site("session", {"server.trusted_proxies": "[127.0.0.1]"}))
        cls.host = cls.site.start()

    def setUp(self):
        self.client = self.enterContext(contextlib.closing(self.host.client()))
        self.cookie = cookie_of(opened(self.client, self.host.url))
        self.own = {"Cookie": self.cookie, "Origin": self.host.url, "X-Requested-With": "dashboard"}

    def change(self, **headers):
        return self.client.send("POST", "/api/settings/limit?dry_run=true", LIMIT,
                                {name.replace("_", "-"): value for name, value in headers.items()})

    def test_a_page_of_this_host_does_what_its_user_may(self):
        self.assertEqual(self.client.get("/api/dashboard", Cookie=self.cookie).status, 200)
        self.assertEqual(self.client.send("POST", "/api/settings/limit?dry_run=true", LIMIT, self.own).status, 200)

    def test_another_sites_page_changes_nothing(self):
        for headers in ({}, {"Origin": "https://evil.example"}, {"X_Requested_With": "x"}, {"Origin": self.host.url},
                        {"Origin": "https://evil.example", "X_Requested_With": "x"},
                        {"Sec_Fetch_Site": "cross-site", "X_Requested_With": "x"}):
            answer = self.change(Cookie=self.cookie, **headers)
            self.assertEqual((answer.status, answer.code()), (403, "cross_site"), headers)
        for origin in ("https://evil.example", "null"):
            answer = opened(self.client, origin)
            self.assertEqual((answer.status, answer.code(), answer.headers["Set-Cookie"]), (403, "cross_site", None))

    def test_a_form_of_another_site_is_refused_before_its_body_is_read(self):
        answer = self.client.send("POST", "/api/settings/limit", b"new_limit=1",
                                  {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded",
                                   "Origin": "https://evil.example"})
        self.assertEqual((answer.status, answer.code()), (403, "cross_site"))
        self.assertEqual(answer.headers["Connection"], "close")

    def test_events_come_to_who_can_send_no_header(self):
        asked = urllib.request.Request(self.host.url + "/api/v1/events", headers={"Cookie": self.cookie})
        with contextlib.closing(urllib.request.urlopen(asked, timeout=20)) as stream:
            self.assertEqual((stream.status, stream.headers["Content-Type"]), (200, "text/event-stream"))
            self.client.send("DELETE", "/session", headers=self.own)
            while stream.readline():  # to its end: the session that opened it has ended
                pass
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, timeout=20)
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()

    def test_signing_out_ends_the_session_on_the_host_not_only_in_the_browser(self):
        for method, path, status in (("DELETE", "/session", 204), ("POST", "/logout", 200)):
            cookie = cookie_of(opened(self.client, self.host.url))
            own = {**self.own, "Cookie": cookie}
            ended = self.client.send(method, path, headers=own)
            self.assertEqual(ended.status, status)
            self.assertIn("Max-Age=0", ended.headers["Set-Cookie"])
            self.assertEqual(self.client.get("/api/dashboard", Cookie=cookie).status, 401)

    def test_two_credentials_are_refused(self):
        token = self.cookie.split("=", 1)[1]
        for headers in ({"Cookie": self.cookie, "Authorization": "Bearer " + token},
                        {"Cookie": self.cookie, "X-API-Key": "trk_x"}, {"Cookie": f"{self.cookie}; {self.cookie}"}):
            self.assertEqual(self.client.send("GET", "/api/dashboard", headers=headers).status, 400, headers)

    def test_by_tls_through_a_proxy_it_is_a_cookie_of_this_host_alone(self):
        host = self.host.url.removeprefix("http://")
        answer = opened(self.client, "https://" + host, **{"X-Forwarded-Proto": "https"})
        self.assertTrue(answer.headers["Set-Cookie"].startswith("__Host-treasurer="), answer.headers["Set-Cookie"])
        self.assertIn("; Secure", answer.headers["Set-Cookie"])
        cookie = cookie_of(answer)
        secure = {"Cookie": cookie, "Origin": "https://" + host, "X-Requested-With": "dashboard",
                  "X-Forwarded-Proto": "https"}
        self.assertEqual(self.client.send("POST", "/api/settings/limit?dry_run=true", LIMIT, secure).status, 200)
        self.assertEqual(self.client.get("/api/dashboard", Cookie=cookie).status, 401)
        plain_page = {**secure, "Origin": "http://" + host}
        self.assertEqual(self.client.send("POST", "/api/settings/limit?dry_run=true", LIMIT, plain_page).code(),
                         "cross_site")

    def test_no_cookie_is_logged(self):
        self.client.get("/api/dashboard", Cookie=self.cookie)
        self.assertNotIn(self.cookie.split("=", 1)[1], self.host.log_text())


if __name__ == "__main__":
    unittest.main()
