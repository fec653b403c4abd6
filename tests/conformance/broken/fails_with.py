#!/usr/bin/env python3
"""The kit fails a plugin with exactly the codes named, and explains each.

    fails_with.py ATR_PLUGIN_CHECK PLUGIN "CODE;CODE" ARGUMENTS...       no code: it passes

CODE? is one that it may fail besides, as the machine's speed has it.
"""
import json
import subprocess
import sys


def main():
    check, plugin, codes, *arguments = sys.argv[1:]
    wanted = {code for code in codes.split(";") if code and not code.endswith("?")}
    may_fail = {code.rstrip("?") for code in codes.split(";")}
    run = subprocess.run([check, plugin, "--format", "json", *arguments], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"exit code {run.returncode}\n{run.stdout}{run.stderr}")
    results = [result for component in json.loads(run.stdout)["components"] for result in component["results"]]
    failed = [result for result in results if result["verdict"] == "failed"]
    for result in failed:
        print(f"{result['code']}: {result['rule']}\n  expected {result['expected']}\n  seen     {result['seen']}")
        if not all(result[part] for part in ("expected", "seen", "why", "pitfall", "advice")):
            sys.exit(f"{result['code']} is not explained")
    codes = {result["code"] for result in failed}
    if not wanted <= codes <= may_fail:
        sys.exit(f"{plugin}: failed {sorted(codes)}, it should fail {sorted(wanted)}")
    if run.returncode != (1 if wanted else 0):
        sys.exit(f"exit code {run.returncode}")


if __name__ == "__main__":
    main()
