#!/usr/bin/env python3
"""The TypeScript client: its packages are installed, its types are made of the document that a host serves, it compiles
against them under `strict`, and it runs against that host.

The packages lie in BUILD/clients/typescript, and are installed anew only when the list of them has changed.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(os.environ["TREASURER_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))
from host import BUILD, PASSWORD, Site  # noqa: E402
from npm import fail, install, run  # noqa: E402

EXAMPLE, WORK = SOURCE / "examples/clients/typescript", Path(BUILD) / "clients/typescript"
INVOICE = SOURCE / "examples/invoices/02_pixel_harbor_cdn.txt"


def main():
    began = time.monotonic()
    install(EXAMPLE, WORK)
    shutil.rmtree(WORK / "src", ignore_errors=True)
    shutil.copytree(EXAMPLE / "src", WORK / "src", ignore=shutil.ignore_patterns("api.d.ts"))
    shutil.copy(EXAMPLE / "tsconfig.json", WORK)
    with Site("typescript", {"policy.critical_runway_months": 0}) as site:
        site.add_user("clerk", "submitter")
        site.add_user("boss", "admin")
        site.run("vendor", "import", str(SOURCE / "examples/invoices/vendors.yaml"))
        host = site.start()
        run("openapi-typescript does not take the document that the host serves", "npm", "run", "generate", cwd=WORK,
            URL=host.url)
        types = (WORK / "src/api.d.ts").read_text(encoding="utf-8")
        run("the client does not compile against the types of the document", "npm", "run", "build", cwd=WORK)
        told = run("the client did not come to its end", "npm", "run", "start", "--", str(INVOICE), cwd=WORK, URL=host.url,
                   TREASURER_USER="clerk", TREASURER_PASSWORD=PASSWORD)
        for line in ("paid 320.5 MNEE to Pixel Harbor CDN Ltd", "sent again under its key: the same payment",
                     "the payment is settled", "balance 99679.5 MNEE, 0 waiting", "changing the limit: forbidden"):
            if line not in told:
                fail(f"the client did not say {line!r}, but\n{told}")
        # An admin may change the limit; another user's key is another one, and the invoice is there already.
        for line, user, file, code in (("changing the limit: allowed; this was a dry run", "boss", INVOICE, 0),
                                       ("it was submitted before by another request", "boss", INVOICE, 0),
                                       ("error: wrong_credentials: ", "nobody", INVOICE, 1),
                                       ("error: ENOENT", "clerk", "none.txt", 1), ("usage: ", "clerk", "--help", 2)):
            done = subprocess.run(["node", "dist/end_to_end.js", str(file)], cwd=WORK, capture_output=True, text=True,
                                  env={**os.environ, "URL": host.url, "TREASURER_USER": user, "TREASURER_PASSWORD": PASSWORD},
                                  timeout=60, check=False)
            if done.returncode != code or line not in done.stdout + done.stderr or "\n    at " in done.stderr:
                fail(f"the client did not say {line!r} and end with {code}", done)
        if host.client(site.token("boss")).get("/api/settings/limit").json()["limit"] == 1:
            fail("the client has changed the limit")
        host.stop()
    wrong = (WORK / "src/end_to_end.ts").read_text(encoding="utf-8").replace("payment.state", "payment.no_such_member")
    (WORK / "src/end_to_end.ts").write_text(wrong, encoding="utf-8")
    done = subprocess.run(["npm", "run", "build"], cwd=WORK, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == 0 or "no_such_member" not in done.stdout:
        fail("a member that the document does not have was compiled", done)
    print(f"typescript: {types.count(chr(10))} lines of types; the client was compiled against them and ran to its end, "
          f"{time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
