#!/usr/bin/env python3
"""A new user's way, from nothing to a host that runs their own plugin: exactly the commands of docs/plugin_guide.md, run
in an empty folder by somebody who knows nothing but where the treasurer was built. Prints how long each took.
"""
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])
BLOCK = re.compile(r"^```sh new user\n(.*?)^```$", re.M | re.S)
# bash writes the time and the words of every command it begins.
TRACED = "exec 9>trace; BASH_XTRACEFD=9; PS4='+$EPOCHREALTIME '; set -x; . ./commands.sh; : the end"
ASSIGNMENT = re.compile(r"(export )?\w+=|\. ")
STEP = re.compile(r"^\++(\d+)[.,](\d+) (.*)$")


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def new_users_environment(folder, port):
    """PATH, a home, the two words the guide asks for, and Debian's compilers; nothing else of this machine's settings."""
    tree = folder / "tree"
    (tree / "build").mkdir(parents=True)
    (tree / "build/release").symlink_to(BUILD)
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "TREE": str(tree),
            "PORT": str(port)}


def steps(trace):
    """(seconds, command) of every command in the trace. What goes on in the background takes none of the user's time."""
    begun = [(int(m[1]) + int(m[2]) / 1e6, m[3]) for m in map(STEP.match, trace.splitlines()) if m]
    begun = [one for one in begun if not one[1].startswith("treasurer serve ")]
    taken = [(later[0] - now[0], now[1]) for now, later in zip(begun, begun[1:])]
    return [one for one in taken if not ASSIGNMENT.match(one[1])]


class NewUser(unittest.TestCase):
    def test_the_guide_leads_from_nothing_to_a_running_plugin(self):
        guide = (SOURCE / "docs/plugin_guide.md").read_text(encoding="utf-8")
        commands = "".join(BLOCK.findall(guide))
        self.assertIn("plugin new cache mine", commands)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            environment = new_users_environment(folder, free_port())
            work = folder / "work"
            work.mkdir()
            (work / "commands.sh").write_text(commands, encoding="utf-8")
            shell = subprocess.Popen(["bash", "-euo", "pipefail", "-c", TRACED], cwd=work, env=environment, text=True,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     start_new_session=True)
            try:
                said, _ = shell.communicate(timeout=880)
            finally:
                if shell.poll() is None or shell.returncode != 0:
                    self.end(shell)
            self.assertEqual(shell.returncode, 0, said)
            self.shown(steps((work / "trace").read_text(encoding="utf-8")))
            self.judge(said)

    @staticmethod
    def end(shell):
        """The shell's own session, with the host it may have left behind."""
        try:
            os.killpg(shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        shell.wait()

    def shown(self, taken):
        print("\nseconds  command")
        for seconds, command in taken:
            print(f"{seconds:7.2f}  {command:.100}")
        print(f"{sum(seconds for seconds, _ in taken):7.2f}  in all")

    def judge(self, said):
        self.assertIn("100% tests passed, 0 tests failed out of 1", said)
        self.assertRegex(said, r"\n\d+ passed, 0 failed, \d+ skipped \(not declared\), 0 not run")
        self.assertIn("cache org.example.mine 1.0.0", said)
        self.assertIn("host.yaml: no problems", said)
        self.assertRegex(said, r'(?m)^\{"status":"ready"')
        plugins = json.loads(re.search(r'^\{\n.*^\}$', said, re.M | re.S).group())["items"]
        cache, = [plugin for plugin in plugins if plugin["component"] == "org.example.mine"]
        outcomes = {operation["name"]: operation["outcomes"] for operation in cache["operations"]}
        self.assertGreater(outcomes["set"]["ok"], 0, "the host has put nothing into the cache")


if __name__ == "__main__":
    unittest.main()
