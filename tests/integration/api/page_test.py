#!/usr/bin/env python3
"""GET /docs is whole, needs nothing from elsewhere, lets nothing run but its own script, and can be used by keyboard and
screen reader: every field has its label, every link its target, and every control is one that browsers know."""

import base64
import hashlib
import html.parser
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from host import Site  # noqa: E402

VOID = {"meta", "link", "input", "br", "hr"}
CONTROLS = {"input", "select", "textarea"}


class Page(html.parser.HTMLParser):
    """What a page is made of. `faults`: elements that do not close as they opened."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.faults, self._open = [], {}, [], []
        self.feed(text)
        self.close()
        self.faults += [f"<{name}> is not closed" for name in self._open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes something else")

    def handle_data(self, data):
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)

    def named(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]


class Reference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = cls.enterClassContext(Site("docs-page"))
        host = cls.site.start()
        client = host.client()
        cls.answer = client.get("/docs")
        cls.document = client.get("/openapi.json").json()
        client.close()
        cls.page = Page(cls.answer.body.decode())

    def test_its_elements_close_as_they_open_and_no_id_is_there_twice(self):
        self.assertEqual(self.page.faults, [])
        ids = [attributes["id"] for _, attributes in self.page.elements if "id" in attributes]
        self.assertEqual(sorted(ids), sorted(set(ids)))
        self.assertEqual([one for one in ids if re.search(r"\s", one)], [])

    def test_every_operation_has_its_place_and_its_form(self):
        ids = {attributes.get("id") for attributes in self.page.named("article")}
        operations = {(method.upper(), path, spec["operationId"]) for path, methods in self.document["paths"].items()
                      for method, spec in methods.items()}
        self.assertGreater(len(operations), 40)
        self.assertEqual({name for _, _, name in operations} - ids, set())
        forms = {(form["data-method"], form["data-path"]) for form in self.page.named("form") if form.get("class") == "try"}
        self.assertEqual(forms, {(method, path) for method, path, _ in operations})

    def test_it_needs_nothing_from_elsewhere(self):
        for _, attributes in self.page.elements:
            self.assertNotIn("src", attributes)
            self.assertRegex(attributes.get("href") or "#", r"^(#|data:,$|/openapi\.json$)")
        self.assertNotRegex("".join(self.page.texts["style"]), r"url\(|@import")

    def test_its_policy_allows_its_own_style_and_script_and_nothing_inline_besides(self):
        policy = self.answer.headers["Content-Security-Policy"]
        for kind in ("style", "script"):
            (text,) = self.page.texts[kind]
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            self.assertIn(f"{kind}-src 'sha256-{digest}';", policy)
        for words in ("default-src 'none'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'"):
            self.assertIn(words, policy)
        for tag, attributes in self.page.elements:
            self.assertEqual([name for name in attributes if name.startswith("on") or name == "style"], [], tag)

    def test_every_field_has_a_label_and_every_inner_link_a_target(self):
        labels = {attributes["for"] for attributes in self.page.named("label")}
        ids = {attributes["id"] for _, attributes in self.page.elements if "id" in attributes}
        for attributes in self.page.named(*CONTROLS):
            self.assertIn(attributes["id"], labels)
        self.assertEqual(labels - ids, set())
        targets = {attributes["href"][1:] for attributes in self.page.named("a") if attributes["href"].startswith("#")}
        self.assertEqual(targets - ids, set())
        self.assertGreater(len(targets), 80)

    def test_the_form_that_opens_a_session_can_be_sent_as_it_is_and_says_that_no_cookie_is_kept(self):
        fields = {attributes["id"]: attributes.get("value") for attributes in self.page.named("input")}
        self.assertTrue(fields["session.open-X-Requested-With"])
        self.assertTrue(fields["session.close-X-Requested-With"])
        self.assertEqual("".join(self.page.texts["p"]).count("This page keeps no cookie"), 1)

    def test_the_keyboard_reaches_everything_in_the_order_of_the_page(self):
        self.assertEqual([attributes for _, attributes in self.page.elements if "tabindex" in attributes], [])
        self.assertEqual(self.page.named("a")[0].get("class"), "skip")
        self.assertEqual(self.page.named("html"), [{"lang": "en"}])
        self.assertEqual(len(self.page.named("h1")), 1)
        self.assertIn(":focus-visible", "".join(self.page.texts["style"]))
        for output in self.page.named("output"):
            self.assertEqual(output.get("aria-live"), "polite")

    def test_its_words_are_text_and_not_markup(self):
        self.assertEqual(re.findall(r"&amp;(?:lt|gt|amp|quot);", self.answer.body.decode()), [])


if __name__ == "__main__":
    unittest.main()
