#!/usr/bin/env python3
"""All parts of the benchmark in one run, and docs/performance.md from what they found.

Parts run in turn, round after round, so that a busy moment of the machine hits all of them; a part that compares has its
contestants in turn besides. What is counted over time or takes long runs in the first round only. A part that fails is
told as failed, its output stays in build/bench/, and the others go on.

PART...      only these (see --list); in the document the others stay as they were, if this machine measured them, and of
             those that fail nothing is written
--quick      a rough look: one round, short; judges nothing and writes no document
--include    PART.json of a part that was run apart, such as a soak of an hour; a run leaves those of its parts in build/bench
--no-document  writes none
--list       the parts, and what each measures
"""

import argparse
import glob
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]

import bars  # noqa: E402
import document  # noqa: E402
import machine  # noqa: E402
from host import BUILD, SOURCE  # noqa: E402
from parts import PARTS  # noqa: E402
from results import FOLDER, ROUGH  # noqa: E402


def files():
    return set(glob.glob(os.path.join(FOLDER, "*.json")))


class Run:
    def __init__(self, names, rounds, quick):
        self.names, self.rounds, self.quick = names, rounds, quick
        self.state, self.figures, self.texts = {name: "not run" for name in PARTS}, {}, {}
        self.seconds, self.of_part = dict.fromkeys(names, 0.0), {}
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)

    def take(self, path):
        """Adds what a file has to what other rounds had. The names of it."""
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        for one in found:
            if "text" in one:
                self.texts[one["name"]] = one["text"]
                continue
            known = self.figures.setdefault(one["name"], {"unit": one["unit"], "values": []})
            known["values"] += one["values"]
        return {one["name"] for one in found}

    def go(self):
        for turn in range(self.rounds):
            for name in self.names:
                part = PARTS[name]
                if not os.path.exists(part.path()):
                    self.state[name] = f"failed: {part.program} is not there"
                elif turn == 0 or not part.once:
                    self._part(name, part, turn)
        self._keep_results()

    def _part(self, name, part, turn):
        log = os.path.join(FOLDER, f"{name}.{turn + 1}.log")
        print(f"==> {name}, round {turn + 1} of {1 if part.once else self.rounds}", flush=True)
        began = time.monotonic()
        with open(log, "wb") as file:
            process = subprocess.Popen(part.command(self.quick), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=SOURCE)
            for line in process.stdout:
                file.write(line)
                sys.stdout.buffer.write(line)
                sys.stdout.flush()
            code = process.wait()
        self.seconds[name] += time.monotonic() - began
        if code != 0:
            self.state[name] = f"failed in round {turn + 1} with {code}; its output is {os.path.relpath(log, SOURCE)}"
            print(f"==> {name} {self.state[name]}", flush=True)
        elif self.state[name] == "not run":
            self.state[name] = "run"
        for path in files():
            self.of_part.setdefault(name, set()).update(self.take(path))
            os.rename(path, f"{path}.{turn + 1}")

    def _keep_results(self):
        """PART.json of all rounds, for a later run to include."""
        for path in {one.rsplit(".", 1)[0] for one in glob.glob(os.path.join(FOLDER, "*.json.[0-9]*"))}:
            rounds = []
            for one in sorted(glob.glob(path + ".[0-9]*")):
                with open(one, encoding="utf-8") as file:
                    rounds += json.load(file)
            with open(path, "w", encoding="utf-8") as file:
                json.dump(rounds, file, indent=1)

    def document(self, began, description, versions):
        return {"when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(began)),
                "minutes": round((time.time() - began) / 60, 1), "rounds": self.rounds, "machine": description,
                "versions": versions, "state": self.state,
                "texts": {**self.texts, "flush": description[machine.FLUSH]},
                "figures": {name: {"unit": one["unit"], "values": [float(f"{value:.6g}") for value in one["values"]]}
                            for name, one in sorted(self.figures.items())}}


def beside_the_rest(run, found, versions):
    """What is known of all parts, once some were run by themselves; None: the rest is of another machine, or not there."""
    try:
        with open(document.RESULTS, encoding="utf-8") as file:
            rest = json.load(file)
    except OSError:
        return None
    lasting = ("processor", "cores", "memory")
    if any(rest["machine"].get(what) != found["machine"].get(what) for what in lasting):
        return None
    for name, state in run.state.items():
        if state == "run":
            state = f"run apart: {found['when']}, {versions['this project']}"
        if not state.startswith("run apart"):
            continue
        rest["state"][name] = state
        for one in run.of_part.get(name, ()):
            if one in found["figures"]:
                rest["figures"][one] = found["figures"][one]
            else:
                rest["texts"][one] = found["texts"][one]
    rest["figures"] = dict(sorted(rest["figures"].items()))
    return rest


def main():
    options = argparse.ArgumentParser(prog="./dev bench", description=__doc__, usage="./dev bench [PART...] [OPTIONS]",
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("parts", nargs="*", metavar="PART")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--include", nargs="+", default=[], metavar="FILE")
    options.add_argument("--list", action="store_true")
    options.add_argument("--no-document", action="store_true")
    given = options.parse_args()
    if given.list:
        for name, part in PARTS.items():
            print(f"{name:12} {part.what}" + ("" if part.usual else " (apart: run only when it is named)"))
        return 0
    unknown = [name for name in given.parts if name not in PARTS]
    if unknown:
        options.error(f"there is no part {', '.join(unknown)}; there are: {' '.join(PARTS)}")
    included = []
    for path in given.include:
        if not os.path.exists(path):
            options.error(f"there is no {path}; a run of the part leaves it: ./dev bench {os.path.basename(path).split('.')[0]}")
        with open(path, encoding="utf-8") as file:
            included.append((path, file.read()))
    names = given.parts or [name for name, part in PARTS.items() if part.usual]
    began, description = time.time(), machine.describe()
    os.environ.pop(ROUGH, None)
    if given.quick:
        os.environ[ROUGH] = "1"
    run = Run(names, 1 if given.quick else given.rounds, given.quick)
    for path, text in included:
        kept = os.path.join(FOLDER, os.path.basename(path))
        with open(kept, "w", encoding="utf-8") as file:
            file.write(text)
        name = os.path.basename(path).split(".")[0]
        run.of_part.setdefault(name, set()).update(run.take(kept))
        told = run.texts.get(os.path.basename(path).removesuffix(".json") + ".when", "")
        run.state[name] = f"run apart: {told}"
        os.rename(kept, kept + ".included")
    run.go()
    versions = machine.versions()
    found = run.document(began, description, versions)
    if given.quick:
        print("\na rough look, of one short round each: nothing is judged, and nothing was written")
        return told_failures(run)
    all_parts = beside_the_rest(run, found, versions) if given.parts else found
    print("\n" + document.bars_as_text(all_parts or found))
    if not given.no_document:
        if all_parts:
            document.write(all_parts)
            print(f"wrote {os.path.relpath(document.DOCUMENT, SOURCE)} and {os.path.relpath(document.RESULTS, SOURCE)}")
        else:
            print(f"{os.path.relpath(document.RESULTS, SOURCE)} is of another machine, and stays as it is: run all parts")
    return told_failures(run)


def told_failures(run):
    """The exit code."""
    failed = [name for name in run.names if run.state[name].startswith("failed")]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
