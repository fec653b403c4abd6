#!/usr/bin/env python3
"""`treasurer plugin check` passes a plugin of this tree, and skips exactly what skips.py lists.

    passes.py "NAME [TERMS]" PLUGIN ARGUMENT...
"""
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from host import PROGRAM  # noqa: E402

import skips  # noqa: E402


def check(name, plugin, *arguments):
    done = subprocess.run([PROGRAM, "plugin", "check", plugin, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout)
    if done.returncode != 0:
        sys.exit(done.returncode)
    skips.judge(name, done.stdout)


if __name__ == "__main__":
    check(*sys.argv[1:])
