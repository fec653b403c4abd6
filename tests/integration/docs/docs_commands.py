#!/usr/bin/env python3
"""The documents say what is true: their commands run, their links lead somewhere, and docs/api.md lists exactly the
endpoints that a host answers to.

A block that begins with ```sh runnable is run by bash, all blocks of a document in one go, with the built `treasurer` in
the path, a fresh TREASURER_DATA, and a host on it at $URL.
"""
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
SOURCE = Path(os.environ["TREASURER_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))
from api_paths import methods_of, paths_in_source
from host import BUILD, PASSWORD, Site

DOCUMENTS = [SOURCE / "README.md", *sorted(SOURCE.glob("docs/**/*.md")), *sorted(SOURCE.glob("examples/**/*.md")),
             *sorted(SOURCE.glob("plugins/**/*.md"))]
BLOCK = re.compile(r"^```sh runnable\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
ENDPOINT = re.compile(r"^\| `(GET|POST|PUT|DELETE) ([^` ]+)` \|", re.M)


def run_blocks(text, site, url):
    script = "\n".join(BLOCK.findall(text))
    environment = {**os.environ, "PATH": f"{BUILD}/bin:{os.environ['PATH']}", "URL": url, "TREASURER_DATA": site.data,
                   "TREASURER_ADMIN_PASSWORD": PASSWORD}
    return subprocess.run(["bash", "-euxo", "pipefail", "-c", script], cwd=SOURCE, env=environment, text=True,
                          capture_output=True, timeout=120, check=False)


def broken_links(document, text):
    return [link for link in LINK.findall(text) if "://" not in link and not (document.parent / link).exists()]


class Documents(unittest.TestCase):
    def test_their_commands_run(self):
        with_commands = [d for d in DOCUMENTS if BLOCK.search(d.read_text(encoding="utf-8"))]
        self.assertIn(SOURCE / "README.md", with_commands)
        for document in with_commands:
            with self.subTest(document=document.name), Site("docs") as site:
                done = run_blocks(document.read_text(encoding="utf-8"), site, site.start().url)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_command_that_fails_in_the_middle_would_be_seen(self):
        with Site("docs") as site:
            done = run_blocks("```sh runnable\nfalse | true\ntrue\n```\n", site, "")
            self.assertNotEqual(done.returncode, 0)

    def test_their_links_lead_somewhere(self):
        for document in DOCUMENTS:
            self.assertEqual(broken_links(document, document.read_text(encoding="utf-8")), [], document)
        self.assertEqual(broken_links(DOCUMENTS[0], "[a](docs/nowhere.md) [b](docs/api.md#x)"), ["docs/nowhere.md"])

    def test_the_api_document_lists_the_endpoints_there_are(self):
        documented = {}
        for method, path in ENDPOINT.findall((SOURCE / "docs/api.md").read_text(encoding="utf-8")):
            documented.setdefault(path, set()).add(method)
        self.assertEqual(sorted(documented), sorted(paths_in_source(SOURCE)))
        with Site("docs") as site:
            url = site.start().url
            for path, methods in documented.items():
                with self.subTest(path=path):
                    self.assertEqual(methods_of(url, path), methods)


if __name__ == "__main__":
    unittest.main()
