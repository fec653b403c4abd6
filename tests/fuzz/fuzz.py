#!/usr/bin/env python3
"""Builds the fuzzers and runs one of them from the inputs that this tree has already.

    fuzz.py --build
    fuzz.py NAME --runs N         that many inputs from a fixed seed
    fuzz.py NAME --seconds N      as long as that, from a new seed, which is printed
    fuzz.py --names

Inputs that were worth keeping stay in build/fuzz/corpus/NAME when time is given. An input that breaks a rule is left in
build/fuzz/NAME-crash-*; mend what it found, and keep the file as a seed in tests/fuzz/seeds/NAME.
"""
import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = SOURCE / "build/fuzz"
FIXED_SEED = 20260301
LONGEST = {"plugin_tables": 512, "plugin_answers": 2048, "schema": 2048, "settings": 4096, "http_reader": 2048,
           "json_body": 2048, "cursors": 512, "parser_rules": 4096, "http_differential": 2048}
# Files of the tree that are inputs as they stand, beside those in seeds/NAME.
SEEDS = {
    "settings": ["config/*.yaml", "tests/integration/broken/configs/*.yaml", "examples/invoices/*.yaml"],
    "parser_rules": ["examples/invoices/*.txt", "examples/plugin_parser/*.txt"],
}
SUITE = Path("/usr/share/json-schema-test-suite/tests/draft7")


def run(*words, **options):
    return subprocess.run([str(word) for word in words], check=False, **options).returncode


def build():
    BUILD.mkdir(parents=True, exist_ok=True)
    if run("cmake", "--preset", "fuzz", cwd=SOURCE, stdout=subprocess.DEVNULL):
        sys.exit("cmake --preset fuzz failed; see above")
    if run("cmake", "--build", BUILD, "--target", "fuzzers", "-j", os.environ.get("JOBS", os.cpu_count())):
        sys.exit("the fuzzers do not compile; see above")


def schema_seeds(folder):
    """Schemas with values that they judge, as the draft 7 suite has them."""
    for file in sorted(SUITE.glob("*.json")):
        for number, group in enumerate(json.loads(file.read_text(encoding="utf-8"))):
            texts = [json.dumps(group["schema"]) + "\n" + json.dumps(test["data"]) for test in group["tests"][:2]]
            for index, text in enumerate(texts):
                (folder / f"{file.stem}_{number}_{index}").write_text(text, encoding="utf-8")


def gather(name, folder):
    own = Path(__file__).parent / "seeds" / name
    paths = sorted(own.iterdir()) if own.is_dir() else []
    for pattern in SEEDS.get(name, []):
        paths += sorted(SOURCE.glob(pattern))
    for path in paths:
        shutil.copy(path, folder / f"{path.parent.name}_{path.name}")
    if name == "schema":
        schema_seeds(folder)
    if name in ("http_reader", "http_differential"):
        run(BUILD / "fuzz/http_seeds", folder)
    return len(list(folder.iterdir()))


def fuzz(name, limit, seed, kept):
    with tempfile.TemporaryDirectory() as seeds:
        count = gather(name, Path(seeds))
        done = subprocess.run([BUILD / "fuzz" / f"fuzz_{name}", limit, f"-seed={seed}", f"-max_len={LONGEST[name]}",
                               "-timeout=60", "-rss_limit_mb=4096", "-print_final_stats=1",
                               f"-artifact_prefix={BUILD}/{name}-", kept, seeds], capture_output=True, text=True,
                              errors="replace", check=False)
    if done.returncode:
        sys.exit(f"{done.stderr[-4000:]}\nfuzz_{name} found something (seed {seed}); the input is in {BUILD}/{name}-*")
    stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", done.stderr))
    seconds = re.findall(r"Done \d+ runs in (\d+) second", done.stderr)
    print(f"fuzz_{name}: {stats.get('number_of_executed_units', '?')} inputs in {seconds[-1] if seconds else '?'} s, "
          f"{count} seeds, {stats.get('new_units_added', '?')} new, seed {seed}, nothing found")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("name", nargs="?", choices=sorted(LONGEST))
    options.add_argument("--build", action="store_true")
    options.add_argument("--names", action="store_true")
    options.add_argument("--runs", type=int)
    options.add_argument("--seconds", type=int)
    given = options.parse_args()
    if given.names:
        print(*sorted(LONGEST))
    if given.build:
        build()
    if given.name and given.runs:
        with tempfile.TemporaryDirectory() as kept:
            fuzz(given.name, f"-runs={given.runs}", FIXED_SEED, kept)
    elif given.name:
        kept = BUILD / "corpus" / given.name
        kept.mkdir(parents=True, exist_ok=True)
        fuzz(given.name, f"-max_total_time={given.seconds or 60}", random.randrange(1, 1 << 31), kept)


if __name__ == "__main__":
    main()
