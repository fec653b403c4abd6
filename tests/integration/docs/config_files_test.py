#!/usr/bin/env python3
"""The settings files that we ship are right, and name every setting there is, those of their plugins and of the plugins'
slots too; where a value is not the default, the comment beside it says what the default is.
"""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])
SHOWN = re.compile(r"^(\S+): (.*?) *# (.*)$")
PLACE = re.compile(r":(\d+):\d+$")
SLOT = re.compile(r"^plugins\.(storage|cache|rails\.\w+|parsers\.\w+)\.(.+)$")
# What a file must choose, and no default can know.
CHOSEN = {"intake.order"}


def treasurer(*words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TREASURER_")}
    return subprocess.run([BUILD / "bin/treasurer", *words], env=environment, capture_output=True, text=True,
                          timeout=60, check=False)


def shown(file):
    """[(path, value, where)] as `config show` has them."""
    done = treasurer("config", "show", "--config", file)
    assert done.returncode == 0, done.stderr
    return [SHOWN.match(line).groups() for line in done.stdout.splitlines()]


def at(schema, path):
    """The schema of the setting at this path below, {} where there is none."""
    for name in path.split("."):
        schema = schema.get("properties", {}).get(name, {})
    return schema


def schema_of(root, path, used):
    """That of a core setting, of a slot's key, or of a setting of the plugin that the slot uses."""
    found = SLOT.match(path)
    if not found:
        return at(root, path)
    slot = at(root, "plugins." + found[1].split(".")[0])
    slot = slot.get("additionalProperties") or slot
    if not found[2].startswith("config."):
        return at(slot, found[2])
    for one in slot.get("allOf", []):
        if one["if"]["properties"]["use"]["const"] == used.get(found[1]):
            return at(one["then"]["properties"]["config"], found[2].removeprefix("config."))
    return {}


def written(default):
    """A default of the schema as a file would have it, without quotes."""
    if isinstance(default, list):
        return "[" + ", ".join(map(written, default)) + "]"
    return default if isinstance(default, str) else json.dumps(default)


class ConfigFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = sorted((SOURCE / "config").glob("*.yaml"))
        cls.schema = json.loads(treasurer("config", "schema").stdout)

    def test_each_file_is_right_and_whole(self):
        self.assertGreaterEqual(len(self.files), 2)
        for file in self.files:
            with self.subTest(file=file.name):
                checked = treasurer("config", "check", file)
                self.assertEqual((checked.returncode, checked.stderr), (0, ""))
                left_out, slot_keys = [], {}
                for path, _, where in shown(file):
                    slot = SLOT.match(path)
                    if slot and not slot[2].startswith("config."):
                        slot_keys[slot[2]] = slot_keys.get(slot[2], False) or where != "default"
                    elif where == "default":
                        left_out.append(path)
                self.assertEqual(left_out, [], "settings that the file does not name")
                self.assertGreater(len(slot_keys), 6)
                self.assertEqual([key for key, given in slot_keys.items() if not given], [],
                                 "keys of a plugin's slot that the file shows for no plugin")

    def test_a_value_that_is_not_the_default_stands_beside_it(self):
        compared = 0
        for file in self.files:
            lines = file.read_text(encoding="utf-8").splitlines()
            settings = shown(file)
            used = {SLOT.match(path)[1]: value for path, value, _ in settings if path.endswith(".use")}
            for path, value, where in settings:
                schema = schema_of(self.schema, path, used)
                place = PLACE.search(where)
                if "default" not in schema or path in CHOSEN or not place:
                    continue
                compared += 1
                default = written(schema["default"])
                if value.replace('"', "") == default:
                    continue
                with self.subTest(file=file.name, setting=path):
                    self.assertRegex(comment(lines, int(place[1]) - 1),
                                     rf"\(default: {re.escape(default or 'empty')}[,)]")
        self.assertGreater(compared, 150)


def comment(lines, number):
    """The comment of a line, with the lines that go on with it."""
    out = lines[number].partition("#")[2]
    for line in lines[number + 1:]:
        if not line.strip().startswith("#"):
            return out
        out += " " + line.strip().removeprefix("#").strip()
    return out


if __name__ == "__main__":
    unittest.main()
