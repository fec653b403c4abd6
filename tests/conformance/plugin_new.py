#!/usr/bin/env python3
"""What `treasurer plugin new` makes builds against the installed SDK alone, without a warning, and keeps the contract
before its first edit: the commands of its README are run as they stand.

    plugin_new.py CMAKE KIND LANGUAGE
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import skips  # noqa: E402

CMAKE, KIND, LANGUAGE = sys.argv[1:]
SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])
NAME = "register"  # a word of C and C++: a name must not need to be one that no language knows
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{words}\n{done.stdout}{done.stderr}")
    return done.stdout


def as_a_stranger(sdk):
    """An environment that knows of the SDK and of no tree of ours. Debian's own compilers come first."""
    out = {name: value for name, value in os.environ.items() if not name.startswith("TREASURER_")}
    out.update(PATH=f"/usr/bin:{Path(CMAKE).parent}:{out['PATH']}", CMAKE_PREFIX_PATH=str(sdk), CMAKE_GENERATOR="Ninja",
               CFLAGS="-Wall -Wextra -Werror", CXXFLAGS="-Wall -Wextra -Werror")
    if LANGUAGE == "c":
        out["CXX"] = "/bin/false"
    if shutil.which("ccache"):
        out.update(CMAKE_CXX_COMPILER_LAUNCHER="ccache", CCACHE_BASEDIR=str(sdk.parent), CCACHE_NOHASHDIR="1")
    return out


def own_name(project):
    return re.search(r"^project\((\w+)", (project / "CMakeLists.txt").read_text(encoding="utf-8"), re.M).group(1)


def report_of(project):
    """What the kit said when the project's own test ran it."""
    said = (project / "build/Testing/Temporary/LastTest.log").read_text(encoding="utf-8")
    assert re.search(r"^\d+ passed, 0 failed, ", said, re.M), said
    return said


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        sdk, project = folder / "sdk", folder / NAME
        run(CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", sdk)
        run(BUILD / "bin/treasurer", "plugin", "new", KIND, NAME, "--lang", LANGUAGE, "--sdk", sdk, cwd=folder)

        template = sdk / f"share/atr/templates/{KIND}_{LANGUAGE}"
        files = [path for path in project.rglob("*") if path.is_file()]
        assert len(files) == len([path for path in template.rglob("*") if path.is_file()]), files
        left = [str(path) for path in files if own_name(template) in path.read_text(encoding="utf-8")]
        assert not left and own_name(project) == NAME, f"the template's own name is left in {left}"
        assert (project / ".gitignore").read_text(encoding="utf-8") == "/build/\n"

        readme = (project / "README.md").read_text(encoding="utf-8")
        assert readme.startswith(f"# {NAME}\n"), readme
        commands, = COMMANDS.findall(readme)
        said = run("bash", "-euc", commands, cwd=project, env=as_a_stranger(sdk))
        assert "100% tests passed, 0 tests failed out of 1" in said, said

        skips.judge(f"template {template.name}", report_of(project))

        if LANGUAGE == "c":
            cache = (project / "build/CMakeCache.txt").read_text(encoding="utf-8")
            assert "CMAKE_CXX_COMPILER" not in cache and "nlohmann" not in cache, "a C project asked for C++"

        shown = run(BUILD / "bin/treasurer", "plugin", "inspect", project / f"build/{NAME}.so")
        assert f"{KIND} org.example.{NAME} 1.0.0" in shown, shown
        assert "settings: none" not in shown, shown
        print(said[said.index("Test project"):], shown, sep="\n")


if __name__ == "__main__":
    main()
