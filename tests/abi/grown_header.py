#!/usr/bin/env python3
"""A header of a later minor: every struct of today's that tells its size has one field more at its end.

    grown_header.py FROM TO
"""
import re
import sys
from pathlib import Path

STRUCT = re.compile(r"(typedef struct \w+ \{[^{}]*?\n    uint32_t struct_size;[^{}]*)(\} \w+;)")


def grown(text):
    return STRUCT.sub(r"\1    uint64_t of_a_later_minor;\n\2", text)


if __name__ == "__main__":
    Path(sys.argv[2]).parent.mkdir(parents=True, exist_ok=True)
    Path(sys.argv[2]).write_text(grown(Path(sys.argv[1]).read_text(encoding="utf-8")), encoding="utf-8")
