#!/usr/bin/env python3
"""The kit fails a plugin with exactly the codes named, and explains each.

    fails_with.py ATR_PLUGIN_CHECK PLUGIN "CODE;CODE" ARGUMENTS...       no code: it passes
"""
import json
import subprocess
import sys


def main():
    check, plugin, codes, *arguments = sys.argv[1:]
    wanted = sorted(code for code in codes.split(";") if code)
    run = subprocess.run([check, plugin, "--format", "json", *arguments], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"exit code {run.returncode}\n{run.stdout}{run.stderr}")
    results = [result for component in json.loads(run.stdout)["components"] for result in component["results"]]
    failed = [result for result in results if result["verdict"] == "failed"]
    for result in failed:
        print(f"{result['code']}: {result['rule']}\n  expected {result['expected']}\n  seen     {result['seen']}")
        if not all(result[part] for part in ("expected", "seen", "why", "pitfall", "advice")):
            sys.exit(f"{result['code']} is not explained")
    if sorted(result["code"] for result in failed) != wanted:
        sys.exit(f"{plugin}: failed {[result['code'] for result in failed]}, it should fail {wanted}")
    if run.returncode != (1 if wanted else 0):
        sys.exit(f"exit code {run.returncode}")


if __name__ == "__main__":
    main()
