#!/usr/bin/env python3
"""What the command line answers to words it does not know, and to files that are not there."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
from host import CONFIG, PROGRAM, SOURCE  # noqa: E402


def said(*words, folder):
    return subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False)


class CommandLine(unittest.TestCase):
    def test_an_unknown_command_is_named_with_the_nearest_one_at_every_depth(self):
        cases = {("srve",): "there is no command 'srve' (did you mean 'serve'?)",
                 ("plugin", "lst"): "there is no command 'plugin lst' (did you mean 'list'?)",
                 ("storage", "cpy"): "there is no command 'storage cpy' (did you mean 'copy'?)",
                 ("user", "zzz"): "there is no command 'user zzz'; there are add, passwd, disable, list: "
                                  "see treasurer user --help"}
        for words, saying in cases.items():
            with self.subTest(words):
                done = said(*words, folder=".")
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn("error: " + saying, done.stderr)

    def test_a_file_that_is_not_there_is_named_and_is_exit_code_2(self):
        for words in (("plugin", "check", "none.so"), ("plugin", "inspect", "none.so"), ("config", "check", "none.yaml"),
                      ("config", "show", "--config", "none.yaml"), ("parse", "none.txt", "--config", CONFIG),
                      ("serve", "--config", "none.yaml"), ("vendor", "import", "none.yaml", "--config", CONFIG),
                      ("restore", "none.gz", "--config", CONFIG), ("ledger", "verify", "--config", "none.yaml"),
                      ("storage", "copy", "--from", "none.yaml", "--to", "storage_sqlite:path=new.db")):
            with self.subTest(words), tempfile.TemporaryDirectory() as folder:
                done = said(*words, folder=folder)
                self.assertEqual(done.returncode, 2, done)
                self.assertIn("none.", done.stdout + done.stderr)
                self.assertFalse(os.path.exists(os.path.join(folder, "new.db")))

    def test_vendors_that_are_there_already_are_told_in_one_line(self):
        vendors = os.path.join(SOURCE, "examples/invoices/vendors.yaml")
        with tempfile.TemporaryDirectory() as folder:
            first, again = (said("vendor", "import", vendors, "--config", CONFIG, "--data", folder, folder=folder) for _ in "12")
        self.assertEqual((first.returncode, first.stderr), (0, ""))
        self.assertEqual((again.returncode, again.stdout, len(again.stderr.splitlines())), (1, "", 1), again)
        self.assertIn("Nimbus Forge", again.stderr)

    def test_a_treasury_in_an_asset_that_no_rail_carries_is_refused_by_its_name(self):
        with tempfile.TemporaryDirectory() as folder:
            done = said("serve", "--config", CONFIG, "--data", folder, "--set", "server.port=0", "--set", "treasury.asset=EUR",
                        folder=folder)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("treasury.asset: no payment rail carries EUR: name one that is carried, of MNEE (", done.stderr)

    def serve(self, folder, password, *settings):
        return subprocess.Popen([PROGRAM, "serve", "--config", CONFIG, "--data", os.path.join(folder, "data"),
                                 "--set", "server.port=0", "--set", "log.file=" + os.path.join(folder, "log"), *settings],
                                env={**os.environ, "TREASURER_ADMIN_PASSWORD": password}, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def test_a_first_password_that_is_too_short_is_refused_by_its_variables_name(self):
        with tempfile.TemporaryDirectory() as folder, self.serve(folder, "short") as host:
            _, told = host.communicate(timeout=60)
        self.assertEqual((host.returncode, told),
                         (2, "error: TREASURER_ADMIN_PASSWORD: a password needs at least 10 bytes\n"))

    def test_an_empty_first_password_is_none_and_one_is_made_up(self):
        with tempfile.TemporaryDirectory() as folder, self.serve(folder, "") as host:
            told = host.stdout.readline()
            ready = host.stdout.readline() if told else ""
            host.terminate()
            _, errors = host.communicate(timeout=60)
        self.assertRegex(told, r"^first start: user 'admin' made with password \S{24} \(shown this once", errors)
        self.assertTrue(ready.startswith("ready http://"), ready)
        self.assertEqual(host.returncode, 0, errors)

    def test_a_policy_in_the_file_that_does_not_count_is_a_warning_with_both_values(self):
        with tempfile.TemporaryDirectory() as folder:
            for limit in ("500", "100"):
                with self.serve(folder, "a long first password", "--set", "policy.auto_approval_limit=" + limit) as host:
                    self.assertTrue(host.stdout.readline())
                    host.terminate()
                    host.communicate(timeout=60)
            with open(os.path.join(folder, "log"), encoding="utf-8") as file:
                warned = [line for line in map(json.loads, file) if line["level"] == "warn" and "differ" in line]
        self.assertEqual([line["differ"] for line in warned], ["policy.auto_approval_limit is 500, not 100"])


if __name__ == "__main__":
    unittest.main()
