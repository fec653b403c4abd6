#!/usr/bin/env python3
"""The example clients do what they say, as a user would start them, on a host of their own; and a client of the original
service needs no change."""

import http.server
import json
import os
import subprocess
import sys
import threading
import unittest
from pathlib import Path

SOURCE = Path(os.environ["TREASURER_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))
from host import PASSWORD, Site  # noqa: E402

CLIENTS, INVOICES = SOURCE / "examples/clients", SOURCE / "examples/invoices"
HOSTING, CDN = INVOICES / "01_nimbus_forge_hosting.txt", INVOICES / "02_pixel_harbor_cdn.txt"
COMPUTE = INVOICES / "03_quillnode_compute.txt"


class Clients(unittest.TestCase):
    def setUp(self):
        self.site = self.enterContext(Site("clients", {"policy.critical_runway_months": 0}))
        self.site.add_user("clerk", "submitter")
        self.site.add_user("admin", "admin")
        self.site.run("vendor", "import", str(INVOICES / "vendors.yaml"))
        self.host = self.site.start()

    def failure_of(self, *command, expect, **environment):
        """What a client says on standard error, which is no trace of its own insides."""
        settings = {"URL": self.host.url, "TREASURER_USER": "clerk", "TREASURER_PASSWORD": PASSWORD, **environment}
        done = subprocess.run([str(word) for word in command], env={**os.environ, **settings}, capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr

    def run_client(self, *command, expect=0):
        environment = {**os.environ, "URL": self.host.url, "TREASURER_USER": "clerk", "TREASURER_PASSWORD": PASSWORD}
        done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    def python(self, *files, **options):
        return self.run_client(sys.executable, CLIENTS / "python/treasurer_client.py", "--url", self.host.url, "--user",
                               "clerk", *files, **options)

    def test_the_python_client_is_paid_once_however_often_it_runs(self):
        first = self.python(HOSTING, COMPUTE)
        self.assertIn("01_nimbus_forge_hosting.txt: settled, 180 MNEE to Nimbus Forge Hosting LLC\n", first)
        self.assertIn("03_quillnode_compute.txt: waiting_approval, 1500 MNEE", first)
        self.assertIn("balance 99820.0 MNEE", first)
        again = self.python(HOSTING)
        self.assertIn("(submitted before)", again)
        self.assertIn("balance 99820.0 MNEE", again)

    def test_the_python_client_tells_what_is_refused(self):
        letter = Path(self.site.folder) / "letter.txt"
        letter.write_text("Dear all, see you on Monday.\n", encoding="utf-8")
        told = self.python(letter, expect=1)
        self.assertIn("unreadable_document", told)

    def test_the_curl_client_submits_a_document_and_waits_for_its_payment(self):
        told = self.run_client("bash", CLIENTS / "curl/invoices.sh", CDN)
        self.assertRegex(told, r"payment [0-9a-f-]{36} is settled")
        self.assertIn('"difference":"0"', told)
        self.assertTrue(told.endswith("logged_out\n"), told)

    def test_clients_say_in_a_line_why_they_cannot_begin(self):
        curl = ["bash", CLIENTS / "curl/invoices.sh", CDN]
        self.assertIn('"code":"wrong_credentials"', self.failure_of(*curl, expect=1, TREASURER_PASSWORD="a guess"))
        self.assertIn("Failed to connect", self.failure_of(*curl, expect=1, URL="http://127.0.0.1:1"))
        python = [sys.executable, CLIENTS / "python/treasurer_client.py", "--user", "clerk", HOSTING, "--url"]
        self.assertIn("error: wrong_credentials: ", self.failure_of(*python, self.host.url, expect=2, TREASURER_PASSWORD="a guess"))
        self.assertIn("refused", self.failure_of(*python, "http://127.0.0.1:1", expect=2))

    def test_the_python_client_bears_the_answer_of_a_proxy(self):
        class Proxy(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.send_error(502)

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Proxy) as proxy:
            threading.Thread(target=proxy.serve_forever, daemon=True).start()
            told = self.failure_of(sys.executable, CLIENTS / "python/treasurer_client.py", "--user", "clerk", HOSTING, "--url",
                                   f"http://127.0.0.1:{proxy.server_port}", expect=2)
            proxy.shutdown()
        self.assertIn("error: http_502: Bad Gateway", told)

    def test_a_client_of_the_original_service_needs_no_change(self):
        told = self.run_client(sys.executable, CLIENTS / "python/original_client.py", self.host.url, "admin", COMPUTE)
        for exchange in ("login as a multipart form: 200", "login as a form: 200", "dashboard: 200", "a new limit: 200",
                         "process-invoice: 200", "the same once more: 409", "logs: 200", "the limit as it was: 200"):
            self.assertIn(exchange + "\n", told)

    def limit(self):
        return self.host.client(self.site.token("admin")).get("/api/settings/limit").json()["limit"]

    def test_a_client_of_the_original_service_leaves_the_limit_as_it_was(self):
        client, before = [sys.executable, CLIENTS / "python/original_client.py", self.host.url], self.limit()
        letter = Path(self.site.folder) / "letter.txt"
        letter.write_text("Dear all, see you on Monday.\n", encoding="utf-8")
        self.assertIn("process-invoice: 422", self.failure_of(*client, "admin", letter, expect=1))
        self.assertEqual(self.limit(), before)
        self.assertIn("a new limit: 403", self.failure_of(*client, "clerk", COMPUTE, expect=1))
        for told in ("process-invoice: 200\n", "process-invoice: 409, it was submitted before, and nothing is paid twice\n"):
            self.assertIn(told, self.run_client(*client, "admin", COMPUTE))
            self.assertEqual(self.limit(), before)

    def test_what_another_client_has_submitted_is_no_failure(self):
        self.run_client("bash", CLIENTS / "curl/invoices.sh", CDN)
        self.assertIn("02_pixel_harbor_cdn.txt: submitted before by another request, as invoice ", self.python(CDN))
        self.python(HOSTING)
        told = self.run_client("bash", CLIENTS / "curl/invoices.sh", HOSTING)
        self.assertIn("it was submitted before by another request; nothing is paid twice\n", told)
        self.assertRegex(told, r"payment [0-9a-f-]{36} is settled")

    def test_the_curl_client_shows_what_waits_as_json(self):
        self.python(COMPUTE)
        told = self.run_client("bash", CLIENTS / "curl/invoices.sh", CDN)
        waiting = json.loads(told.split("what waits for a person:\n")[1].split("\n")[0])
        self.assertEqual(len(waiting), 1)

    def test_clients_that_are_called_wrongly_say_how_they_are_called(self):
        for client in ([sys.executable, CLIENTS / "python/original_client.py"], ["bash", CLIENTS / "curl/invoices.sh"]):
            for words in ((), ("--help",)):
                with self.subTest(client[-1].name, words=words):
                    self.assertIn("usage: ", self.failure_of(*client, *words, expect=2))


if __name__ == "__main__":
    unittest.main()
