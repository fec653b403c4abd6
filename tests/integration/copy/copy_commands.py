#!/usr/bin/env python3
"""storage copy, backup, restore and quarantine as an operator uses them, and what they say when they cannot."""

import gzip
import os
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

import copying
from copying import PROGRAM, Sqlite, digest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "money"))
from money_site import Site, invoice_text, money_site, submit  # noqa: E402


def run(*words, expect=2):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != expect:
        raise AssertionError(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = money_site("copy-commands").__enter__()
        cls.host = cls.site.start()
        clerk = cls.host.client(cls.site.token("clerk"))
        for number in range(3):
            answer = submit(clerk, invoice_text(f"C-{number}", "10.00"), "wait=30")
            assert answer.status == 200, answer
        cls.source = Sqlite(cls.site.data, "treasurer.db")

    @classmethod
    def tearDownClass(cls):
        cls.site.__exit__(None, None, None)

    def target(self, name):
        return Sqlite(self.site.folder, name)

    def test_a_running_host_can_be_copied_and_the_copy_served(self):
        target = self.target("served.db")
        done = copying.copy(self.source, target, "--verify")
        self.assertEqual(digest(done.stdout)["payments"][0], 3)
        self.assertIn("verified", done.stdout)
        self.assertIn("records read", done.stderr)
        shown = self.site.run("quarantine", "show", settings={"plugins.storage.config.path": target.path}, expect=1)
        self.assertIn("in quarantine since", shown.stdout)
        self.assertIn("copied from storage_sqlite", shown.stdout)

    def test_a_settings_file_names_its_storage(self):
        target = self.target("named.yaml.db")
        with open(os.path.join(self.site.folder, "target.yaml"), "w", encoding="utf-8") as file:
            with open(self.site.config, encoding="utf-8") as embedded:
                file.write(embedded.read().replace("${TREASURER_DATA}/treasurer.db", target.path))
        done = run("storage", "copy", "--from", self.site.config, "--data", self.site.data, "--to", file.name, expect=0)
        self.assertEqual(digest(done)["payments"][0], 3)
        self.assertTrue(os.path.exists(target.path))

    def test_a_target_with_records_is_left_alone(self):
        copying.copy(self.source, self.target("full.db"))
        done = copying.copy(self.source, self.target("full.db"), expect=2)
        self.assertIn("the target is not empty", done.stderr)

    def test_a_target_that_a_host_serves_is_left_alone(self):
        with money_site("copy-target") as other:
            host = other.start()
            done = copying.copy(self.source, Sqlite(other.data, "treasurer.db"), expect=2)
            self.assertIn("the target is not empty", done.stderr)
            answer = submit(host.client(other.token("clerk")), invoice_text("T-1", "10.00"), "wait=30")
            self.assertEqual(answer.status, 200, answer)
            host.stop()

    def test_a_source_that_changes_meanwhile_is_copied_as_one_moment_of_it(self):
        site = self.enterContext(money_site("copy-moving"))
        clerk, submitted, stop = site.start().client(site.token("clerk")), [], threading.Event()
        source = Sqlite(site.data, "treasurer.db")

        def go_on():
            while not stop.is_set():
                submitted.append(submit(clerk, invoice_text(f"M-{len(submitted)}", "10.00"), "wait=30"))

        paying = threading.Thread(target=go_on)
        paying.start()
        try:
            for number in range(3):
                begun = len(submitted)
                done = copying.copy(source, self.target(f"moving-{number}.db"), "--verify")
                self.assertIn("trial balance: zero", done.stdout)
                self.assertGreaterEqual(digest(done.stdout)["payments"][0], begun)
        finally:
            stop.set()
            paying.join()
        self.assertGreater(len(submitted), 3, "nothing changed while it was copied")
        self.assertEqual({answer.status for answer in submitted}, {200})

    def test_what_cannot_be_opened_is_named(self):
        good = self.source.text()
        cases = {
            "--from storage_sqlite: ": ("--from", "storage_sqlite:pth=/x", "--to", good),
            "nowhere": ("--from", good, "--to", "storage_nowhere:path=/x"),
            "not of the form PLUGIN:key=value": ("--from", good, "--to", "nowhere"),
            "there is no database " + self.target("empty.db").path: ("--from", self.target("empty.db").text(), "--to", good),
            "--from and --to name the same storage": ("--from", good, "--to", good),
            "there is no settings file": ("--from", "none.yaml", "--to", good),
        }
        for words, arguments in cases.items():
            with self.subTest(words):
                said = run("storage", "copy", *arguments)
                self.assertIn(words, said.replace("storage 'storage': ", ""))
                self.assertTrue(said.startswith("error: "), said)

    def test_a_source_that_is_not_there_is_not_made_and_neither_is_a_target(self):
        lost, target = self.target("lost.db"), self.target("target-of-lost.db")
        run("storage", "copy", "--from", lost.text(), "--to", target.text())
        empty = os.path.join(self.site.folder, "zero.db")
        open(empty, "wb").close()
        said = run("storage", "copy", "--from", "storage_sqlite:path=" + empty, "--to", target.text())
        self.assertIn("--from storage_sqlite: there are no books in it", said)
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "data")
            said = run("restore", os.path.join(folder, "none.backup.gz"), "--config", self.site.config, "--data", data)
            self.assertIn("none.backup.gz: cannot be read", said)
            self.assertEqual(os.listdir(folder), [])
        self.assertFalse(os.path.exists(lost.path) or os.path.exists(target.path))

    def test_a_folder_without_books_is_no_clean_ledger(self):
        with tempfile.TemporaryDirectory() as folder:
            for words in (("ledger", "verify"), ("user", "list"), ("backup", os.path.join(folder, "b.gz"))):
                with self.subTest(words):
                    said = run(*words, "--config", self.site.config, "--data", folder)
                    self.assertIn("there is no database " + os.path.join(folder, "treasurer.db"), said)
                    self.assertEqual(os.listdir(folder), [])

    def test_a_finished_copy_says_how_to_compare_it(self):
        target = self.target("finished.db")
        copying.copy(self.source, target)
        said = copying.copy(self.source, target, expect=2).stderr
        self.assertIn("error: --to storage_sqlite: the target is not empty: it holds these books", said)
        self.assertIn("`treasurer backup` of each", said)

    def test_a_backup_of_a_running_host_restores_to_the_same_hash(self):
        file = os.path.join(self.site.folder, "books.backup.gz")
        made = self.site.run("backup", file)
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        self.assertIn("keys: not in the file; keep " + os.path.join(self.site.data, "blobs.key"), made.stdout)
        with gzip.open(file, "rt") as lines:
            first = next(lines)
            self.assertIn('"format":"treasurer-backup"', first)
            self.assertNotIn("key_file", first + lines.read())
        self.assertIn("exists already", self.site.run("backup", file, expect=2).stderr)
        with Site("restored", self.site.settings) as other:
            restored = other.run("restore", file)
            self.assertEqual(digest(restored.stdout), digest(made.stdout))
            self.assertIn("in quarantine", restored.stdout)
            self.assertIn("is not empty", other.run("restore", file, expect=2).stderr)

    def test_keys_come_along_when_asked_for(self):
        made = self.site.run("backup", self.site.folder, "--with-keys")
        self.assertIn("keys: in the file", made.stdout)
        file = next(line.split(" ")[1].rstrip(",") for line in made.stdout.splitlines() if line.startswith("backup: "))
        self.assertTrue(os.path.basename(file).startswith("treasurer-20"), file)
        with Site("with-keys", self.site.settings) as other:
            other.run("restore", file)
            for name in ("blobs.key", "tokens.key"):
                key = os.path.join(other.data, name)
                self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
                with open(key, "rb") as here, open(os.path.join(self.site.data, name), "rb") as there:
                    self.assertEqual(here.read(), there.read())
            self.assertIn("in quarantine since", other.run("quarantine", "show", expect=1).stdout)
            self.assertNotEqual(other.run("quarantine", "release", expect=2).stderr, "")
            released = other.run("quarantine", "release", "--reason", "compared by hand")
            self.assertIn("compared by hand", released.stdout)
            self.assertIn("not in quarantine", other.run("quarantine", "release", "--reason", "x", expect=1).stderr)

    def test_a_damaged_backup_leaves_a_storage_that_no_host_serves(self):
        file = os.path.join(self.site.folder, "damaged.backup.gz")
        self.site.run("backup", file)
        with open(file, "r+b") as damaged:
            damaged.truncate(os.path.getsize(file) - 40)
        with Site("damaged", self.site.settings) as other:
            said = other.run("restore", file, expect=2).stderr
            self.assertRegex(said, file + r": is damaged at line \d+, near byte \d+: ")
            self.assertNotIn("no backup", said)
            host = other.spawn()
            self.assertFalse(host.wait_ready())
            host.wait_end()
            self.assertIn("unfinished copy", host.log_tail())

    def test_a_backup_restores_into_another_backend_and_from_there_back(self):
        folder = os.path.join(self.site.folder, "between")
        os.makedirs(folder)
        file = os.path.join(folder, "0.backup.gz")
        expected = digest(self.site.run("backup", file).stdout)
        with copying.places(folder) as place:
            for number, backend in enumerate(("postgres", "sqlite"), 1):
                settings = place(backend, "restored").settings_file(os.path.join(folder, f"{backend}.yaml"))
                place_words = ("--config", settings, "--data", os.path.join(folder, backend))
                self.assertEqual(digest(run("restore", file, *place_words, expect=0)), expected)
                file = os.path.join(folder, f"{number}.backup.gz")
                self.assertEqual(digest(run("backup", file, *place_words, expect=0)), expected)


if __name__ == "__main__":
    unittest.main()
