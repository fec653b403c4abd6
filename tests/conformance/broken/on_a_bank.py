#!/usr/bin/env python3
"""fails_with.py of a rail over HTTP, with the bank that it talks to.

    on_a_bank.py ATR_PLUGIN_CHECK PLUGIN "CODE;CODE" ARGUMENTS...
"""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
import fails_with  # noqa: E402
from tiny_bank import Bank  # noqa: E402

if __name__ == "__main__":
    with Bank() as bank:
        sys.argv += ["--config", f"url={bank.url}/{{unique}}"]
        fails_with.main()
