#!/usr/bin/env python3
"""Every example plugin is a project on its own that builds against the installed SDK, and its own test, the kit that the
SDK brings along, passes.

    examples.py CMAKE EXAMPLE
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CMAKE, EXAMPLE = sys.argv[1:]
SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{words}\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", folder / "sdk")
        shutil.copytree(SOURCE / "examples" / EXAMPLE, folder / "project")
        # One example compiles the kit from the installed SDK; the others take the one that was built with this tree.
        kit = "" if EXAMPLE == "plugin_parser" else f"-DATR_PLUGIN_CHECK={BUILD / 'bin/atr_plugin_check'}"
        run(CMAKE, "-S", folder / "project", "-B", folder / "out", "-G", "Ninja", *([kit] if kit else []), f"-DCMAKE_PREFIX_PATH={folder / 'sdk'}",
            "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache" if shutil.which("ccache") else "-DCMAKE_BUILD_TYPE=")
        run(CMAKE, "--build", folder / "out")
        print(run("ctest", "--test-dir", folder / "out", "--output-on-failure", "--no-tests=error"))


if __name__ == "__main__":
    main()
