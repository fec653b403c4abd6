#!/usr/bin/env python3
"""This tree keeps the rules of layers.py; and each rule finds what it is there to find, at its file and line."""
import os
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import layers

ROOT = Path(os.environ.get("TREASURER_SOURCE", Path(__file__).resolve().parents[3]))

# A small tree that keeps every rule, and shows what is allowed.
GOOD = {
    "core/CMakeLists.txt": "foreach(part runtime config ledger payments http app)\nendforeach()\n",
    "core/runtime/clock.cpp": "#include <ctime>\n#include <thread>\nauto t = std::chrono::system_clock::now();\n",
    "core/runtime/clock.hpp": "#include <chrono>\n",
    "core/ports/rail_port.hpp": '#include "runtime/clock.hpp"\n#include <atr/atr.h>\n',
    "core/ledger/book.hpp": '#include <nlohmann/json.hpp>\n#include "ports/rail_port.hpp"\n// std::thread, now() at time()\n',
    "core/payments/saga.cpp": '#include "ledger/book.hpp"\nauto t = clock_.now(); auto s = "steady_clock::now()"; x.time(1);\n',
    "core/payments/CMakeLists.txt": "treasurer_library(payments SOURCES saga.cpp LIBRARIES treasurer_ledger)\n",
    "core/auth/password_hasher.hpp": "#include <sodium.h>\nstd::thread thread_;\n",
    "core/app/main.cpp": '#include <CLI/CLI.hpp>\n#include "payments/saga.hpp"\nauto v = std::getenv("A");\n',
    "core/payments/saga.hpp": "#include <sys/types.h>\n#include <stdint.h>\n",
    "sdk/include/atr/atr.h": "#include <stddef.h>\n",
    "sdk/templates/CMakeLists.txt": "set(C_PARTS ${CACHE_C}/lent.h)\natr_template(rail_c rail_c ${C_PARTS})\n"
                                    "atr_template(rail_rust rail_rust)\n",
    "sdk/templates/rail_c/plugin.c": '#include <atr/atr.h>\n#include "lent.h"\n',
    "plugins/CMakeLists.txt": "add_subdirectory(rail_moon)\nadd_subdirectory(cache_moon)\n",
    "plugins/rail_moon/CMakeLists.txt": "atr_add_plugin(rail_moon SOURCES a.cpp LIBRARIES rail_moon_parts treasurer_settings)\n",
    "plugins/rail_moon/a.cpp": '#include <soci/soci.h>\n#include <atr/atr.h>\n#include "b.hpp"\n#include "rail_moon/b.hpp"\n',
    "plugins/rail_moon/b.hpp": "",
    "plugins/cache_moon/CMakeLists.txt": "atr_add_plugin(cache_moon SOURCES c.hpp)\n",
    "plugins/cache_moon/c.hpp": "",
}
GOOD["core/CMakeLists.txt"] = "foreach(part runtime config ledger auth payments http app)\nendforeach()\n"

# (rule, file, its new content, the line the finding names)
BAD = (
    ("includes_go_down", "sdk/include/atr/atr.h", '#include "runtime/clock.hpp"\n', 1),
    ("includes_go_down", "sdk/include/atr/atr.h", "#include <rail_moon/b.hpp>\n", 1),
    ("includes_go_down", "core/runtime/clock.hpp", '#include <chrono>\n#include "ledger/book.hpp"\n', 2),
    ("includes_go_down", "core/runtime/clock.hpp", '#include "ports/rail_port.hpp"\n', 1),
    ("includes_go_down", "core/ledger/book.hpp", '#include "../payments/saga.hpp"\n', 1),
    ("includes_go_down", "core/ledger/book.hpp", "#include <payments/saga.hpp>\n", 1),
    ("includes_go_down", "core/ledger/book.hpp", '#include "rail_moon/b.hpp"\n', 1),
    ("includes_go_down", "plugins/rail_moon/b.hpp", '\n\n#include "ledger/book.hpp"\n', 3),
    ("includes_go_down", "plugins/rail_moon/b.hpp", '#include "../cache_moon/c.hpp"\n', 1),
    ("includes_go_down", "examples/one/a.cpp", '#include "runtime/clock.hpp"\n', 1),
    ("every_folder_has_its_place", "core/stray/a.hpp", "", 1),
    ("quoted_includes_exist", "core/ledger/book.hpp", '#include "ledger/gone.hpp"\n', 1),
    ("quoted_includes_exist", "sdk/templates/rail_c/plugin.c", '#include "nt.h"\n', 1),
    ("quoted_includes_exist", "sdk/templates/rail_c/plugin.c", '#include "rail_c"\n', 1),
    ("quoted_includes_exist", "sdk/templates/rail_rust/plugin.c", '#include "lent.h"\n', 1),
    ("third_party_stays_home", "core/ledger/book.hpp", "#include <soci/soci.h>\n", 1),
    ("third_party_stays_home", "core/ledger/book.hpp", "#include <sodium.h>\n", 1),
    ("third_party_stays_home", "core/ledger/book.hpp", "#include <spdlog/spdlog.h>\n", 1),
    ("third_party_stays_home", "core/http/a.hpp", "#include <yaml-cpp/yaml.h>\n", 1),
    ("third_party_stays_home", "core/http/a.hpp", "#include <boost/dll/shared_library.hpp>\n", 1),
    ("third_party_stays_home", "core/app/main.cpp", "#include <pistache/http.h>\n", 1),
    ("third_party_stays_home", "core/http/a.hpp", "#include <CLI/CLI.hpp>\n", 1),
    ("third_party_stays_home", "plugins/rail_moon/b.hpp", "#include <jwt.h>\n", 1),
    ("third_party_stays_home", "sdk/include/atr/atr.h", "#include <boost/any.hpp>\n", 1),
    ("core_names_no_plugin", "core/app/main.cpp", '\nauto p = "rail_moon";\n', 2),
    ("core_names_no_plugin", "core/app/main.cpp", "// as cache_moon does\n", 1),
    ("core_names_no_plugin", "core/payments/CMakeLists.txt", "link(rail_moon_parts)\n", 1),
    ("links_go_down", "core/ledger/CMakeLists.txt", "treasurer_library(ledger\n  LIBRARIES treasurer_payments)\n", 2),
    ("links_go_down", "plugins/rail_moon/CMakeLists.txt", "atr_add_plugin(rail_moon LIBRARIES treasurer_ledger)\n", 1),
    ("links_go_down", "plugins/cache_moon/CMakeLists.txt", "atr_add_plugin(cache_moon LIBRARIES rail_moon_parts)\n", 1),
) + tuple(
    ("seams_are_injected", f"core/{folder}/bad.cpp", f"/* a\n comment */\n{code};\n", 3)
    for folder in ("payments", "ledger")
    for code in ("std::thread t", "std::jthread t", "std::this_thread::sleep_for(d)", "sleep_until(d)", "usleep(5)",
                 "sleep (1)", "std::chrono::system_clock::time_point t", "using C = std::chrono::steady_clock",
                 "auto t = C::now()", "auto t = time(nullptr)", "auto t = std::time(nullptr)", "auto r = rand()",
                 "std::random_device r", 'auto v = getenv("A")')
) + (
    ("seams_are_injected", "core/auth/tokens.cpp", "std::thread t;\n", 1),
    ("seams_are_injected", "core/auth/password_hasher.cpp", "auto t = C::now();\n", 1),
    ("seams_are_injected", "core/http/a.cpp", 'auto v = std::getenv("A");\n', 1),
)


def make(folder, files):
    for path, text in files.items():
        (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
        (Path(folder) / path).write_text(text, encoding="utf-8")


class Layers(unittest.TestCase):
    maxDiff = None

    def test_this_tree_keeps_its_layers(self):
        self.assertGreater(len(list(layers.Tree(ROOT).files("core", "sdk", "plugins"))), 100, "the sources were not found")
        self.assertEqual([f"{path}:{line}: {text}" for _, path, line, text in layers.findings(ROOT)], [])

    def test_a_tree_that_keeps_every_rule_has_no_findings(self):
        with tempfile.TemporaryDirectory() as folder:
            make(folder, GOOD)
            self.assertEqual(layers.findings(folder), [])

    def test_each_rule_finds_what_breaks_it(self):
        for rule, path, text, line in BAD:
            with self.subTest(rule=rule, path=path, text=text), tempfile.TemporaryDirectory() as folder:
                make(folder, {**GOOD, path: text})
                self.assertIn((rule, path, line), [found[:3] for found in layers.findings(folder)])

    def test_no_rule_is_without_an_example(self):
        self.assertEqual({rule.__name__ for rule in layers.RULES}, {rule for rule, *_ in BAD})


if __name__ == "__main__":
    unittest.main()
