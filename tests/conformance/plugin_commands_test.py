#!/usr/bin/env python3
"""`treasurer plugin new` refuses what it cannot make, and touches nothing that is there; `treasurer plugin explain`
explains every rule that the kit tries, in the kit's own words.

    plugin_commands_test.py CMAKE
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

CMAKE = sys.argv[1]
SOURCE, BUILD = Path(os.environ["TREASURER_SOURCE"]), Path(os.environ["TREASURER_BUILD"])
CODE = re.compile(r'"(ATR-[A-Z]+-\d{3})"')


def treasurer(*words, cwd=SOURCE, program=BUILD / "bin/treasurer"):
    return subprocess.run([str(program), "plugin", *[str(word) for word in words]], cwd=cwd, capture_output=True,
                          text=True, timeout=120, check=False)


class New(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.sdk = Path(cls.folder.name) / "sdk"
        subprocess.run([CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", cls.sdk], check=True,
                       capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        self.work = Path(tempfile.mkdtemp(dir=self.folder.name))

    def refused(self, *words, saying, cwd=None):
        done = treasurer("new", *words, cwd=cwd or self.work)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertIn(saying, done.stderr)

    def test_what_is_not_offered_is_refused_with_what_is(self):
        self.refused("cahce", "mine", saying="did you mean 'cache'?); there are storage, cache, rail, parser")
        self.refused("cache", "mine", "--lang", "go", saying="there are cpp, c, rust")
        self.refused("storage", "mine", "--lang", "rust", "--sdk", self.sdk,
                     saying="for storage there are cpp; in rust there are cache, parser, rail")
        self.assertEqual(list(self.work.iterdir()), [])

    def test_a_name_is_an_identifier_that_the_build_does_not_use(self):
        for name in ("Mine", "1st", "a-b", "a b", "../mine", "/tmp/mine", "", "x" * 65, "ünt", "test", "atr_testkit"):
            with self.subTest(name=name):
                self.refused("cache", name, "--sdk", self.sdk, saying="name")
        self.assertEqual(list(self.work.iterdir()), [])

    def test_what_is_there_is_never_touched(self):
        (self.work / "mine").mkdir()
        (self.work / "mine/precious").write_text("a", encoding="utf-8")
        (self.work / "file").write_text("b", encoding="utf-8")
        (self.work / "link").symlink_to(self.work / "mine")
        for name in ("mine", "file", "link"):
            self.refused("cache", name, "--sdk", self.sdk, saying="is there already")
        self.assertEqual(sorted(p.name for p in self.work.rglob("*")), ["file", "link", "mine", "precious"])
        self.refused("cache", "mine", "--sdk", self.sdk, cwd="/proc", saying="cannot be made")

    def test_without_an_sdk_it_says_how_to_install_one(self):
        self.refused("cache", "mine", "--sdk", self.work, saying="cmake --install BUILD --component sdk")

    def test_an_sdk_without_templates_says_what_is_missing_and_what_to_do(self):
        (self.work / "sdk/share/atr/templates").mkdir(parents=True)
        self.refused("cache", "mine", "--sdk", self.work / "sdk",
                     saying=f"share/atr/templates are missing; install the SDK again with `cmake --install BUILD "
                            f"--component sdk --prefix {self.work / 'sdk'}`")
        (self.work / "sdk/share/atr/templates/cache_cpp").mkdir()
        self.refused("cache", "mine", "--sdk", self.work / "sdk", saying="install the SDK again")

    def test_the_sdk_beside_the_program_is_found(self):
        shutil.copy(BUILD / "bin/treasurer", self.sdk / "bin/treasurer")
        made = treasurer("new", "parser", "mine", cwd=self.work, program=self.sdk / "bin/treasurer")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn(f"cmake -S mine -B mine/build -DCMAKE_PREFIX_PATH={self.sdk.resolve()}\n", made.stdout)
        self.assertTrue((self.work / "mine/CMakeLists.txt").exists())


class NoPlugin(unittest.TestCase):
    """What is no plugin is told at once; nothing is opened that waits for somebody, or read that has no end."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)

    def refused(self, command, file, saying, within=20, *words):
        done = subprocess.run([str(BUILD / "bin/treasurer"), "plugin", command, str(file), *words], capture_output=True,
                              text=True, timeout=within, check=False)
        self.assertIn(done.returncode, (1, 2), done)
        self.assertIn(saying, done.stdout + done.stderr)
        return done

    def test_pipes_devices_and_folders(self):
        os.mkfifo(self.path / "pipe.so")
        (self.path / "folder.so").mkdir()
        for command in ("inspect", "check"):
            self.refused(command, self.path / "pipe.so", "not a regular file")
            self.refused(command, "/dev/zero" if command == "check" else "/dev/../dev/zero", "not a regular file")
            self.refused(command, self.path / "folder.so", "a folder")
        done = treasurer("list", "--dir", self.path)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("pipe.so\tdoes not load", done.stdout)

    def test_a_file_of_a_terabyte_is_not_read(self):
        for name, head in (("holes.so", b""), ("elf.so", b"\x7fELF")):
            with open(self.path / name, "wb") as file:
                file.write(head)
                file.truncate(1 << 40)
        for command in ("inspect", "check"):
            self.refused(command, self.path / "elf.so", "at most 1 GiB")
            self.refused(command, self.path / "holes.so", "ELF" if command == "inspect" else "1 GiB")

    def test_a_constructor_that_hangs_ends_at_the_limit(self):
        hangs = BUILD / "test_plugins/start/hangs_at_load.so"
        self.refused("inspect", hangs, "has not ended within 1000 ms", 20, "--limit", "1")
        self.refused("check", hangs, "ATR-LOAD", 40, "--limit", "1")
        (self.path / "hangs.so").symlink_to(hangs)
        done = treasurer("list", "--dir", self.path, "--limit", "1")
        self.assertIn("has not ended within 1000 ms", done.stdout)

    def test_what_a_constructor_prints_is_told_once_and_marked(self):
        prints = BUILD / "test_plugins/start/prints_at_load.so"
        done = treasurer("inspect", prints)
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn("hello", done.stdout)
        self.assertEqual(done.stderr, "printed while loading: hello from a constructor\n")
        report = treasurer("check", prints, "--quick", "--format", "json", "--only", "ATR-FILE")
        self.assertTrue(report.stdout.startswith("{"), report.stdout)


class Check(unittest.TestCase):
    def check(self, *words):
        return treasurer("check", BUILD / "plugins/cache_memory.so", "--quick", *words)

    def test_a_choice_that_leaves_no_check_is_an_error_not_a_pass(self):
        for words, saying in ((["--only", "ATR-CACHEE"], "--only ATR-CACHEE: no check has a code that begins so"),
                              (["--only", "ATR-CACHE", "--only", "ATR-X"], "--only ATR-X: no check has a code"),
                              (["--only", "cahce"], "leave no check of this file to run")):
            done = self.check(*words)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(saying, done.stderr)

    def test_a_code_its_beginning_a_stage_and_a_kind_choose(self):
        for word in ("ATR-CACHE-001", "ATR-FILE", "lifecycle", "cache"):
            done = self.check("--only", word)
            self.assertEqual(done.returncode, 0, done)
            self.assertNotIn("0 passed", done.stdout.splitlines()[-1].split(",")[0][:8])


    def test_a_file_that_a_host_would_refuse_passes_with_a_warning(self):
        with tempfile.TemporaryDirectory() as folder:
            plugin = Path(folder) / "open.so"
            shutil.copy(BUILD / "plugins/cache_memory.so", plugin)
            for mode, warned in ((0o755, False), (0o777, True)):
                plugin.chmod(mode)
                done = treasurer("check", plugin, "--quick", "--only", "ATR-CACHE-001")
                self.assertEqual(done.returncode, 0, done)
                self.assertEqual(f"warning: a host would refuse this file: plugin {plugin}: " in done.stderr, warned, done)

    def test_a_schema_that_is_none_is_told_where_the_settings_name_the_plugin(self):
        plugin = BUILD / "test_plugins/broken/by_hand_schema_not_json.so"
        done = subprocess.run([str(BUILD / "bin/treasurer"), "config", "check", "config/embedded.yaml", "--set",
                               f"plugins.parsers.rules.use={plugin}"], cwd=SOURCE, capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("plugins.parsers.rules.use: the plugin's schema is no JSON object", done.stderr)

    def test_a_report_is_xml_and_json_whatever_bytes_the_plugin_writes(self):
        plugin = BUILD / "test_plugins/broken/by_hand_prints_bytes.so"
        for form, read in (("junit", ElementTree.fromstring), ("json", json.loads), ("text", str)):
            done = subprocess.run([str(BUILD / "bin/treasurer"), "plugin", "check", str(plugin), "--quick", "--format",
                                   form], capture_output=True, timeout=120, check=False)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("K\N{REPLACEMENT CHARACTER}lte ä", done.stdout.decode("utf-8"))
            read(done.stdout)

    def test_a_parser_that_nothing_was_tried_on_does_not_pass(self):
        plugin = BUILD / "test_plugins/broken/by_hand_reads_no_text.so"
        done = treasurer("check", plugin, "--quick")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("give --document FILE", done.stdout)
        self.assertNotIn("  skip  ATR-PARSER", done.stdout)

    def test_how_long_a_payment_may_take_to_become_final_is_the_callers_word(self):
        for within, code in (("1", 1), ("30", 0)):
            done = treasurer("check", BUILD / "plugins/rail_simulated.so", "--quick", "--only", "ATR-RAIL-004", "--config",
                             "path={data}/bank.db", "--config", "settle_after=2500", "--final-within", within)
            self.assertEqual(done.returncode, code, done.stdout)
            self.assertEqual("1 s (--final-within)" in done.stdout, code == 1, done.stdout)

    def test_a_folder_is_no_plugin(self):
        done = treasurer("check", BUILD / "plugins")
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertIn("is a folder: name one .so file; `treasurer plugin list --dir ", done.stderr)


class Explain(unittest.TestCase):
    def test_every_code_of_the_kit_is_explained(self):
        in_kit = {code for file in (SOURCE / "sdk/testkit").rglob("*.[ch]pp")
                  for code in CODE.findall(file.read_text(encoding="utf-8"))}
        self.assertGreater(len(in_kit), 100)
        listed = [line.split("  ", 1) for line in treasurer("explain").stdout.splitlines()]
        self.assertEqual(sorted(code for code, _ in listed), sorted(in_kit))
        guide = (SOURCE / "docs/plugin_guide.md").read_text(encoding="utf-8")
        headings = {title.lower().replace(" ", "-") for title in re.findall(r"^## (.+)$", guide, re.M)}
        seen = set()
        for code, rule in listed:
            with self.subTest(code=code):
                said = treasurer("explain", code)
                self.assertEqual(said.returncode, 0)
                first, second, *_ = said.stdout.splitlines()
                self.assertEqual((first, second), (code, rule))
                parts = dict(re.findall(r"^  (why|usually|do|guide|alone|others) +(\S.*)$", said.stdout, re.M))
                self.assertEqual(sorted(parts), ["alone", "do", "guide", "others", "usually", "why"])
                self.assertTrue(parts["why"].endswith(".") and parts["usually"].endswith("."), parts)
                self.assertTrue(parts["others"].startswith(f"treasurer plugin explain {code[:-4]} "), parts)
                guide_path, _, installed = parts["guide"].partition(" ")
                self.assertEqual(installed, "(in an installed SDK: share/doc/atr/plugin_guide.md)")
                document, _, anchor = guide_path.partition("#")
                self.assertEqual(document, "docs/plugin_guide.md")
                self.assertIn(anchor, headings)
                self.assertIn(code, parts["alone"])
                seen.add((rule, parts["usually"]))
        self.assertEqual(len(seen), len(listed), "two codes with the same explanation")

    def test_a_code_may_be_written_short(self):
        whole = treasurer("explain", "ATR-CACHE-006").stdout
        self.assertEqual(treasurer("explain", "cache-006").stdout, whole)
        beginning = treasurer("explain", "ATR-CACHE-00").stdout.splitlines()
        self.assertGreater(len(beginning), 5)
        self.assertTrue(all(line.startswith("ATR-CACHE-00") for line in beginning))

    def test_an_unknown_code_suggests_near_ones(self):
        unknown = treasurer("explain", "ATR-STORAGE-056")
        self.assertEqual((unknown.returncode, unknown.stdout), (2, ""))
        near = unknown.stderr.partition("near it are ")[2].strip().split(", ")
        self.assertEqual(len(near), 5)
        self.assertTrue(all(code.startswith("ATR-STORAGE-05") for code in near), near)
        self.assertIn("`treasurer plugin explain` lists them all", treasurer("explain", "x" * 200).stderr)

    def test_a_failure_in_a_report_says_the_same(self):
        report = treasurer("check", BUILD / "test_plugins/no_entry.so")
        self.assertEqual(report.returncode, 1)
        self.assertIn("FAIL  ATR-FILE-002", report.stdout)
        explained = treasurer("explain", "ATR-FILE-002").stdout
        for part in ("why", "usually", "do"):
            words = re.search(rf"^  {part} +(\S.*)$", explained, re.M).group(1)
            self.assertRegex(report.stdout, rf"(?m)^ +{part} +{re.escape(words)}$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
