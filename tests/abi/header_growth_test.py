#!/usr/bin/env python3
"""Today's header is what the released one was, and perhaps more at its ends; and every way to break that is found.

    header_growth_test.py CC FROZEN
"""
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from grown_header import grown
from header_growth import growth, read_header

CC, FROZEN = sys.argv[1], Path(sys.argv[2]) / "atr/atr.h"
SDK = Path(os.environ["TREASURER_SOURCE"]) / "sdk/include/atr"
TEXT = FROZEN.read_text(encoding="utf-8")

# (what is done, what stands there, what comes in its place, what is said)
BREAKS = [
    ("a function in the middle of a table", "    atr_outcome (*submit)(", "    void (*audit)(void*);\n    atr_outcome (*submit)(",
     "atr_rail.submit was"),
    ("a field in the middle of a struct", "    atr_str cursor;\n} atr_query;", "    uint64_t more;\n    atr_str cursor;\n} atr_query;",
     "atr_query.cursor was"),
    ("a parameter of another type", "atr_buf* out, int64_t* ttl_ms_left", "atr_buf* out, int32_t* ttl_ms_left", "atr_cache.get was"),
    ("a parameter more", "(*unsubscribe)(void*, uint64_t sub)", "(*unsubscribe)(void*, uint64_t sub, int32_t now)",
     "atr_cache_bus.unsubscribe was"),
    ("a parameter that is no longer const", "(*cancelled)(const struct atr_call*)", "(*cancelled)(struct atr_call*)", "atr_call.cancelled was"),
    ("another result", "    void (*destroy)(void* self);", "    int32_t (*destroy)(void* self);", "atr_component.destroy was"),
    ("a field gone", "    uint32_t min_host_minor;\n", "", "atr_plugin.min_host_minor was"),
    ("the last function gone", "    atr_outcome (*touch)(void*, const atr_call*, atr_str key, int64_t ttl_ms, atr_error*);\n", "", "atr_cache.touch was"),
    ("two fields of one type in another order", "    int32_t state;\n    int32_t is_final;\n", "    int32_t is_final;\n    int32_t state;\n",
     "atr_rail_event.state was"),
    ("a shorter array", "char message[512];", "char message[504];", "atr_error.message was"),
    ("a signed field", "    uint32_t confidence_bp;", "    int32_t confidence_bp;", "atr_field.confidence_bp was"),
    ("growth of a struct without a size", "} atr_money;", "    uint64_t scale;\n} atr_money;", "atr_money has no struct_size"),
    ("a struct gone", "atr_usage", "atr_used", "atr_usage is gone"),
    ("another value", "ATR_PS_SETTLED = 3", "ATR_PS_SETTLED = 9", "ATR_PS_SETTLED was 3, is 9"),
    ("a value gone", "    ATR_E_LIMIT = 8,\n", "", "ATR_E_LIMIT was 8, is gone"),
    ("a value used twice", "ATR_DIR_IN = 2 }", "ATR_DIR_IN = 2, ATR_DIR_BOTH = 2 }", "ATR_DIR_BOTH takes the value 2"),
    ("an eighth outcome", "ATR_UNSUPPORTED = 6 ", "ATR_UNSUPPORTED = 6, ATR_LATER = 7 ", "ATR_LATER is new in a closed set"),
    ("another id of an interface", '"atr.rail/1"\ntypedef', '"atr.rail/2"\ntypedef', "ATR_IF_RAIL was"),
    ("another constant", "#define ATR_VER_ABSENT 0u", "#define ATR_VER_ABSENT 1u", "ATR_VER_ABSENT was 0u, is 1u"),
]
GROWTH = [
    ("a function behind the last", "} atr_rail;", "    atr_outcome (*settle)(void*, const atr_call*, atr_error*);\n} atr_rail;"),
    ("a field behind the last", "} atr_call;", "    uint64_t trace_flags;\n} atr_call;"),
    ("a further error code", "ATR_E_ENCRYPTED_DOC = 301", "ATR_E_ENCRYPTED_DOC = 301,\n    ATR_E_TOO_MANY_PAGES = 302"),
    ("a further flag", "ATR_PF_SERIAL = 1u ", "ATR_PF_SERIAL = 1u, ATR_PF_PURE = 2u "),
    ("a further interface", '#define ATR_IF_CACHE "atr.cache/1"',
     '#define ATR_IF_CACHE "atr.cache/1"\n#define ATR_IF_CACHE_SCAN "atr.cache.scan/1"\n'
     "typedef struct atr_cache_scan {\n    uint32_t struct_size;\n    uint32_t reserved0;\n} atr_cache_scan;"),
    ("a further minor", "#define ATR_ABI_MINOR 0u", "#define ATR_ABI_MINOR 1u"),
]


class HeaderGrowth(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.frozen = read_header(FROZEN, CC)

    def changed(self, old, new):
        self.assertIn(old, TEXT, "the example no longer fits the frozen header")
        return self.found(TEXT.replace(old, new))

    def found(self, text):
        with tempfile.TemporaryDirectory() as folder:
            header = Path(folder) / "atr.h"
            header.write_text(text, encoding="utf-8")
            return growth(self.frozen, read_header(header, CC))

    def test_all_of_the_header_is_looked_at(self):
        self.assertEqual(len(self.frozen.structs), TEXT.count("typedef struct"))
        named = {name for enum in self.frozen.enums for name in enum}
        self.assertEqual(named, set(re.findall(r"\b(ATR_\w+) = ", TEXT)))
        self.assertIn("ATR_IF_STORAGE_COPY", self.frozen.macros)

    def test_todays_header_only_grew(self):
        self.assertEqual(growth(self.frozen, read_header(SDK / "atr.h", CC)), [])

    def test_every_break_is_found_and_named(self):
        for what, old, new, said in BREAKS:
            with self.subTest(what):
                found = self.changed(old, new)
                self.assertTrue(any(line.startswith(said) for line in found), found)

    def test_growth_passes(self):
        for what, old, new in GROWTH:
            with self.subTest(what):
                self.assertEqual(self.changed(old, new), [])

    def test_the_grown_header_of_the_other_gates_is_growth(self):
        text = grown(TEXT)
        self.assertGreater(text.count("of_a_later_minor"), 30)
        self.assertEqual(self.found(text), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
