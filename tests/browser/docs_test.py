#!/usr/bin/env python3
"""GET /docs in a real browser: it shows every operation, asks nobody but its host, complains of nothing, its forms do what
they are for, by keyboard alone as well, and it fits a narrow screen."""

import os
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from browser import Browser, Keys  # noqa: E402
from host import PASSWORD, Site  # noqa: E402

DASHBOARD = 'form.try[data-method="GET"][data-path="/api/dashboard"]'


class Docs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = cls.enterClassContext(Site("browser-docs"))
        cls.site.add_user("boss", "admin")
        cls.host = cls.site.start()
        client = cls.host.client()
        cls.document = client.get("/openapi.json").json()
        client.close()
        cls.browser = cls.enterClassContext(Browser())

    def setUp(self):
        self.browser.size(1280)
        self.browser.open(self.host.url + "/docs")

    def tearDown(self):
        origin = urllib.parse.urlsplit(self.host.url).netloc
        elsewhere = [url for url in self.browser.requested()
                     if urllib.parse.urlsplit(url).netloc != origin and not url.startswith("data:")]
        self.assertEqual(elsewhere, [], "nothing is asked of another origin")

    def assert_no_complaints(self):
        self.assertEqual(self.browser.complaints(), [], "the console stays silent: no error, nothing against the policy")

    def said_by(self, form):
        return form.find_element("css selector", "output").text

    def sign_in(self):
        form = self.browser.one("#sign-in")
        self.browser.one("#username").send_keys("boss")
        self.browser.one("#password").send_keys(PASSWORD, Keys.ENTER)
        self.browser.wait(lambda: self.said_by(form).startswith("Signed in for "), "signed in")

    def opened(self, selector):
        """The form of an operation, once its "Try it" is open."""
        form = self.browser.one(selector)
        details = form.find_element("xpath", "..")
        if not details.get_property("open"):
            details.find_element("css selector", "summary").click()
        return form

    def send(self, form):
        form.find_element("css selector", "button").click()
        self.browser.wait(lambda: form.find_element("css selector", "button").is_enabled()
                          and self.said_by(form) not in ("", "…"), "an answer is shown")
        return self.said_by(form)

    def test_every_operation_has_its_section_and_can_be_seen(self):
        operations = {spec["operationId"] for methods in self.document["paths"].values() for spec in methods.values()}
        self.assertGreater(len(operations), 40)
        heights = self.browser.script("return Object.fromEntries([...document.querySelectorAll('article')]"
                                      ".map((one) => [one.id, one.getBoundingClientRect().height]))")
        self.assertEqual({name for name in operations if heights.get(name, 0) < 40}, set())
        self.assert_no_complaints()

    def test_its_style_and_its_script_are_in_force(self):
        self.assertEqual(self.browser.script("return getComputedStyle(document.querySelector('article')).borderRadius"), "8px")
        self.sign_in()
        self.assertEqual(self.browser.one("#password").get_property("value"), "", "the password does not stay")
        self.assert_no_complaints()

    def test_signing_in_gets_the_dashboard_shown(self):
        refused = self.send(self.opened(DASHBOARD))
        self.assertIn("401 Unauthorized", refused)
        self.browser.complaints()  # of the 401: a browser tells of every refusal
        self.sign_in()
        shown = self.send(self.opened(DASHBOARD))
        self.assertIn("200 OK", shown)
        self.assertIn('"treasury_balance": 100000.0', shown)
        self.assert_no_complaints()

    def test_what_an_answer_holds_is_shown_as_text(self):
        self.sign_in()
        form = self.opened('form.try[data-method="POST"][data-path="/api/v1/vendors"]')
        body = form.find_element("css selector", "textarea")
        body.clear()
        body.send_keys('{"name":"<img src=x onerror=alert(1)>","accounts":[]}')
        shown = self.send(form)
        self.assertIn("<img src=x onerror=alert(1)>", shown)
        self.assertEqual(self.browser.all("output img"), [])

    def test_a_stream_of_events_does_not_hold_its_form(self):
        self.sign_in()
        shown = self.send(self.opened('form.try[data-method="GET"][data-path="/api/v1/events"]'))
        self.assertIn("200 OK", shown)
        self.assertIn("text/event-stream", shown)
        self.assert_no_complaints()

    def test_the_keyboard_alone_signs_in_and_asks(self):
        self.browser.press(Keys.TAB)
        self.assertEqual(self.browser.focused().get_attribute("class"), "skip", "the first stop leads past the contents")
        self.assertTrue(self.browser.focused().is_displayed())
        self.tab_to(lambda one: one.get_attribute("id") == "username", 10)
        self.browser.press("boss", Keys.TAB)
        self.browser.press(PASSWORD, Keys.ENTER)
        self.browser.wait(lambda: self.said_by(self.browser.one("#sign-in")).startswith("Signed in"), "signed in by keyboard")
        self.browser.script("location.hash = 'dashboard'")
        self.tab_to(lambda one: one.tag_name == "summary", 10)
        self.assertNotEqual(self.browser.script("return getComputedStyle(document.activeElement).outlineStyle"), "none",
                            "where the focus is can be seen")
        self.browser.press(Keys.ENTER)
        self.tab_to(lambda one: one.tag_name == "button" and one.find_elements(
            "xpath", "ancestor::form[@data-path='/api/dashboard']"), 12)
        self.browser.press(Keys.ENTER)
        form = self.browser.one(DASHBOARD)
        self.browser.wait(lambda: "200 OK" in self.said_by(form), "the dashboard by keyboard")

    def tab_to(self, wanted, at_most):
        for _ in range(at_most):
            self.browser.press(Keys.TAB)
            if wanted(self.browser.focused()):
                return
        self.fail(f"{at_most} steps do not get there; the focus is on {self.browser.focused().get_attribute('outerHTML')[:200]}")

    def test_the_bare_address_of_the_host_leads_to_it(self):
        self.browser.open(self.host.url + "/")
        self.assertEqual(self.browser.script("return location.pathname"), "/docs")
        self.assert_no_complaints()

    def test_it_fits_a_narrow_screen(self):
        for width in (400, 320):
            self.browser.size(width)
            page, screen = self.browser.script("return [document.documentElement.scrollWidth, innerWidth]")
            wide = self.browser.script("return [...document.querySelectorAll('body *')].filter((one) => "
                                       "one.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(one).position "
                                       "!== 'absolute').slice(0, 5).map((one) => one.outerHTML.slice(0, 160))")
            self.assertEqual(wide, [], f"beyond the edge of a screen of {width}")
            self.assertLessEqual(page, screen, f"scrolls sideways at {width}")
        self.browser.size(400)
        self.browser.script("for (const one of document.querySelectorAll('details')) one.open = true;")
        page, screen = self.browser.script("return [document.documentElement.scrollWidth, innerWidth]")
        self.assertLessEqual(page, screen, "scrolls sideways with every form open")


if __name__ == "__main__":
    began = time.monotonic()
    program = unittest.main(exit=False)
    print(f"browser_docs: {time.monotonic() - began:.1f} s")
    sys.exit(0 if program.result.wasSuccessful() else 1)
