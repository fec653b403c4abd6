"""What of atr.h is binary contract, and whether one header only grew out of another.

A small shared object that names every struct is compiled from a header and read back through abidw: so the compiler says
where a field lies and what a function takes, and no reader of C is needed. growth(old, new) then gives one line for each
thing that a plugin or a host built with `old` would trip over. Growth alone gives none.
"""
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

STRUCT = re.compile(r"^typedef struct (\w+) \{", re.M)
# These say which header it is; everything else that is defined may never change.
VERSIONS = ("ATR_ABI_MINOR", "ATR_ABI_RC")
CLOSED = "ATR_OK"  # the enum with this name gets no further values: a host reads what it does not know as UNKNOWN


@dataclass
class Header:
    structs: dict = field(default_factory=dict)  # name -> [(offset in bits, type, name)]
    enums: list = field(default_factory=list)    # {name: value}
    macros: dict = field(default_factory=dict)   # name -> text


class Types:
    """The types of one abidw answer, by id, as text in which nothing that a caller would notice is left out."""

    def __init__(self, root):
        self.by_id = {node.get("id"): node for node in root.iter() if node.get("id")}

    def text(self, type_id):
        node = self.by_id[type_id]
        inner = node.get("type-id")
        if node.tag == "typedef-decl":
            return self.text(inner)
        if node.tag == "pointer-type-def":
            return self.text(inner) + "*"
        if node.tag == "qualified-type-def":
            words = [word for word in ("const", "volatile", "restrict") if node.get(word) == "yes"]
            return " ".join([self.text(inner), *words])
        if node.tag == "array-type-def":
            return self.text(inner) + "".join(f"[{part.get('length')}]" for part in node.findall("subrange"))
        if node.tag == "function-type":
            parameters = ", ".join(self.text(one.get("type-id")) for one in node.findall("parameter"))
            return f"{self.text(node.find('return').get('type-id'))}({parameters})"
        return f"{node.get('name')}:{node.get('size-in-bits')}" if node.tag == "type-decl" else node.get("name")


def read_header(path, compiler):
    text = Path(path).read_text(encoding="utf-8")
    names = STRUCT.findall(text)
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "anchor.c", Path(folder) / "anchor.so"
        source.write_text(f'#include "{path}"\n' + "".join(f"{name} anchor_{name};\n" for name in names), encoding="utf-8")
        run(compiler, "-std=c11", "-g", "-fno-eliminate-unused-debug-types", "-fPIC", "-shared", source, "-o", library)
        root = ElementTree.fromstring(run("abidw", "--load-all-types", "--no-show-locs", library))
        macros = run(compiler, "-std=c11", "-dM", "-E", source)
    types, out = Types(root), Header()
    for node in root.iter("class-decl"):
        if node.get("name") in names and node.get("is-declaration-only") != "yes":
            out.structs[node.get("name")] = [
                (int(member.get("layout-offset-in-bits")), types.text(member.find("var-decl").get("type-id")),
                 member.find("var-decl").get("name")) for member in node.findall("data-member")]
    assert set(out.structs) == set(names), set(names) ^ set(out.structs)
    out.enums = [{one.get("name"): int(one.get("value")) for one in node.findall("enumerator")}
                 for node in root.iter("enum-decl")]
    out.macros = dict(re.findall(r"^#define (ATR_\w+) (.*)$", macros, re.M))
    return out


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stderr}"
    return done.stdout


def growth(old, new):
    """What `new` breaks for those who know only `old`."""
    return [*struct_breaks(old, new), *enum_breaks(old, new), *macro_breaks(old, new)]


def may_grow(fields):
    """A struct that tells its size may get further fields; one without lies in arrays and in others, and is frozen."""
    return fields[0][2] == "struct_size"


def struct_breaks(old, new):
    for name, before in old.structs.items():
        after = new.structs.get(name)
        if after is None:
            yield f"{name} is gone"
            continue
        for index, wanted in enumerate(before):
            found = after[index] if index < len(after) else None
            if found != wanted:
                yield f"{name}.{wanted[2]} was {described(wanted)}, is {described(found)}"
                break
        else:
            if len(after) > len(before) and not may_grow(before):
                yield f"{name} has no struct_size and got the field {after[len(before)][2]}"


def described(member):
    return "nothing" if member is None else f"'{member[1]} {member[2]}' at byte {member[0] // 8}"


def enum_breaks(old, new):
    values = {name: value for enum in new.enums for name, value in enum.items()}
    for enum in old.enums:
        for name, value in enum.items():
            if values.get(name) != value:
                yield f"{name} was {value}, is {values.get(name, 'gone')}"
        now = next((one for one in new.enums if one.keys() & enum.keys()), {})
        for name in now.keys() - enum.keys():
            if CLOSED in enum:
                yield f"{name} is new in a closed set"
            elif now[name] in enum.values():
                yield f"{name} takes the value {now[name]}, which has a meaning already"


def macro_breaks(old, new):
    for name, text in old.macros.items():
        if name not in VERSIONS and new.macros.get(name) != text:
            yield f"{name} was {text}, is {new.macros.get(name, 'gone')}"
