#!/usr/bin/env python3
"""The forms of GET /docs work: its script runs on its page in a DOM (jsdom, from npm), against a running host."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

SOURCE = Path(os.environ["TREASURER_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))
from host import BUILD, PASSWORD, Site  # noqa: E402
from npm import fail, install, run  # noqa: E402

DRIVER, WORK = SOURCE / "tests/integration/api/page_driver", Path(BUILD) / "clients/page_driver"

# What stands in the form's output, or in the field that is named.
EXPECTED = {
    "a dashboard for nobody": "401 Unauthorized\n", "a wrong password": "wrong_credentials: ", "the right one": "Signed in for ",
    "what is left of it": "", "a dashboard": '"treasury_balance": 100000.0,\n', "a limit of 0": "422 Unprocessable",
    "the second example": '"name": "Halcyon Paper Co."', "a vendor": "201 Created\n",
    "the same again": "idempotency-replayed: true\n", "an id": "404 Not Found\n", "an invoice as text": "202 Accepted\n",
}


def main():
    began = time.monotonic()
    install(DRIVER, WORK)
    shutil.copy(DRIVER / "drive.mjs", WORK)
    with Site("page-script") as site:
        site.add_user("boss", "admin")
        host = site.start()
        told = run("the page's script did not do what its forms are for", "node", "drive.mjs", host.url, "boss", PASSWORD,
                   cwd=WORK)
        host.stop()
    said = {line["what"]: line["said"] for line in map(json.loads, told.splitlines())}
    if set(said) != set(EXPECTED):
        fail(f"tried were {sorted(said)}")
    for what, words in EXPECTED.items():
        if words not in said[what] or (words == "" and said[what] != ""):
            fail(f"{what}: expected {words!r}, and the page says\n{said[what]}")
    print(f"page_script: {len(said)} things tried on the page, {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
