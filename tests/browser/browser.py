"""Headless Chromium in a profile of its own, and what it asked for and complained of.

Needs chromium, chromium-driver and python3-selenium; ends the program with a word on that where one is missing.
Threads: a Browser belongs to one.
"""

import json
import shutil
import sys

PACKAGES = {"chromium": "chromium", "chromedriver": "chromium-driver"}
for program, package in PACKAGES.items():
    if not shutil.which(program):
        sys.exit(f"error: there is no {program}, so no page is tried in a browser; ./dev test installs it "
                 f"(Debian's package {package})")
sys.path.append("/usr/lib/python3/dist-packages")  # where Debian's package lies, also for a python3 that is not Debian's
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    sys.exit("error: python3 has no selenium, which drives the browser; ./dev test installs python3-selenium")

__all__ = ["Browser", "By", "Keys"]

OPTIONS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
           "--disable-component-update", "--disable-default-apps", "--no-first-run", "--window-size=1280,900")


class Browser:
    def __init__(self, width=1280, height=900):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for option in OPTIONS:
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        self.size(width, height)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def size(self, width, height=900):
        """Of the page itself, and without the width that a window may not go below."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def open(self, url):
        self.driver.get(url)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def script(self, text, *words):
        return self.driver.execute_script(text, *words)

    def wait(self, condition, what, within=60):
        return WebDriverWait(self.driver, within, poll_frequency=0.02).until(lambda _: condition(), what)

    def press(self, *keys):
        """On whatever has the focus."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def focused(self):
        return self.driver.switch_to.active_element

    def complaints(self):
        """What the console was told since it was last looked at: errors, warnings, refusals of the page's policy."""
        return [f"{line['level']} {line['message']}" for line in self.driver.get_log("browser")
                if line["level"] in ("SEVERE", "WARNING")]

    def requested(self):
        """Every URL that was asked for since it was last looked at."""
        events = (json.loads(line["message"])["message"] for line in self.driver.get_log("performance"))
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
