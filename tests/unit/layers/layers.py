#!/usr/bin/env python3
"""Who may include, link and name whom: std <- sdk <- core, sdk <- plugins/*, and the order of the folders of core/.

    layers.py [ROOT]      prints file:line of everything that breaks a rule; exit code 1 if there is any

Each rule is one function that takes a Tree and yields findings. layers_test.py shows that each can fail.
"""
import re
import sys
from pathlib import Path

SOURCES = ("sdk", "core", "plugins", "examples")

# Where a third-party header may be named; the longest prefix that fits decides. A header that is neither here nor part
# of C, C++ or POSIX has no home yet, which is a finding too.
HOMES = {
    "nlohmann/": ("sdk", "core", "plugins", "examples"),
    "pistache/": ("core/http",),
    "boost/beast/": ("core/http",),
    "boost/asio/": ("core/http",),
    "zlib.h": ("core/http", "core/copy"),
    "boost/dll/": ("core/plugin",),
    "dlfcn.h": ("core/net", "core/plugin", "sdk/testkit"),
    "elf.h": ("sdk/testkit",),
    "cxxabi.h": ("sdk/testkit",),
    "yaml-cpp/": ("core/config",),
    "sodium": ("core/auth", "core/plugin"),
    "jwt.h": ("core/auth",),
    "spdlog/": ("core/observe",),
    "fmt/": ("core/observe",),
    "CLI/": ("core/app",),
    "malloc.h": ("core/app",),
    "soci/": ("plugins",),
    "sqlite3.h": ("plugins",),
    "libpq-fe.h": ("plugins",),
    "hiredis/": ("plugins",),
    "openssl/": ("plugins",),
    "curl/": ("core/net",),
    "utf8proc": ("core/records",),
}
POSIX_FOLDERS = ("sys/", "netinet/", "arpa/", "linux/")
C_AND_POSIX = set("""assert ctype dirent errno fcntl float grp inttypes limits locale math net/if netdb poll pthread pwd
    sched semaphore signal spawn stdarg stddef stdint stdio stdlib string strings syslog termios time unistd""".split())

# What the simulation replaces: each is injected everywhere except in the places that provide the real one.
SEAMS = (
    ("a thread or a sleep",
     r"std::(?:this_thread|j?thread|async)\b|\bpthread_create\b|\bsleep_(?:for|until)\b|\b(?:u|nano)?sleep\s*\(",
     ("core/runtime", "core/plugin", "core/http", "core/observe", "core/app", "core/auth/password_hasher")),
    ("a clock",
     r"\b(?:system|steady|high_resolution|utc)_clock\b|::now\s*\(|(?<![\w.>])time\s*\(|\bclock_gettime\b|\bgettimeofday\b",
     ("core/runtime", "core/plugin", "core/http", "core/observe", "core/app")),
    ("randomness",
     r"\brandom_device\b|\bs?rand\s*\(|\bgetrandom\b|\brandombytes|\barc4random",
     ("core/runtime", "core/http", "core/auth", "core/app")),
    ("the environment", r"\b(?:secure_)?getenv\b", ("core/app",)),
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.S)


class Tree:
    """The sources of a checkout, and what its build files say of order."""

    def __init__(self, root):
        self.root = Path(root)
        self.plugins = sorted(p.parent.name for p in self.root.glob("plugins/*/CMakeLists.txt"))
        listed = re.search(r"foreach\(part ([^)]*)\)", self.text("core/CMakeLists.txt")).group(1).split()
        # ports/ has headers only, so no library; it stands right above runtime/.
        self.order = listed if "ports" in listed else [listed[0], "ports", *listed[1:]]

        self.lent = self.lent_to_templates("sdk/templates/CMakeLists.txt")

    def lent_to_templates(self, path):
        """The folder of each template, and the names of the files that its atr_template() lays beside its own."""
        text = self.text(path)
        sets = dict(re.findall(r"^set\((\w+) ([^)]*)\)", text, re.M))
        lent = {}
        for folder, files in re.findall(r"^atr_template\(\w+ ([^\s)]+)([^)]*)\)", text, re.M):
            while files != (wider := re.sub(r"\$\{(\w+)\}", lambda hit: sets.get(hit.group(1), ""), files)):
                files = wider
            lent.setdefault(f"{Path(path).parent.as_posix()}/{folder}", set()).update(Path(f).name for f in files.split())
        return lent

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def files(self, *tops, suffixes=(".hpp", ".cpp", ".h", ".c")):
        for top in tops:
            for path in sorted((self.root / top).rglob("*")):
                if path.is_file() and (path.suffix in suffixes or path.name in suffixes):
                    yield path.relative_to(self.root).as_posix()

    def lines(self, path):
        return enumerate(self.text(path).splitlines(), 1)

    def code_lines(self, path):
        """The lines of a source without its comments and the text in its literals."""
        code = NOT_CODE.sub(lambda hit: "\n" * hit.group().count("\n"), self.text(path))
        return enumerate(code.splitlines(), 1)

    def includes(self, *tops):
        """(file, line, what is included, whether in quotes, the file of this tree it means or None)."""
        for path in self.files(*tops):
            for number, line in self.lines(path):
                hit = INCLUDE.match(line)
                if hit:
                    name, quoted = hit.group(1) or hit.group(2), hit.group(1) is not None
                    yield path, number, name, quoted, self.resolve(path, name, quoted)

    def resolve(self, path, name, quoted):
        if quoted and name in self.lent.get(Path(path).parent.as_posix(), ()):
            return (Path(path).parent / name).as_posix()  # shared by several templates: it is there once installed
        roots = [self.root / top for top in ("sdk/include", "sdk/testkit", "core", "plugins", "", "tests")]
        for folder in [(self.root / path).parent] * quoted + roots:
            if (folder / name).is_file():
                return (folder / name).resolve().relative_to(self.root.resolve()).as_posix()
        return None


def within(path, place):
    return path == place or path.startswith(place + "/") or (place.count("/") > 1 and path.startswith(place + "."))


def part(path):
    """The unit of layering a file belongs to: "sdk", "core/http", "plugins/rail_simulated", "examples/..."."""
    pieces = path.split("/")
    return pieces[0] if pieces[0] == "sdk" else "/".join(pieces[:2])


def includes_go_down(tree):
    """sdk uses itself; a folder of core uses sdk and folders before it; a plugin and an example use sdk and themselves."""
    for path, number, name, _, target in tree.includes(*SOURCES):
        if target is None or part(target) == part(path) or part(target) == "sdk":
            continue
        if not (path.startswith("core/") and target.startswith("core/")):
            yield path, number, f"{part(path)} may not include {name} of {part(target)}"
        elif order(tree, path) < order(tree, target):
            yield path, number, f"{part(path)} may not include {name}: {part(target)} stands after it"


def order(tree, path):
    name = path.split("/")[1]
    return tree.order.index(name) if name in tree.order else len(tree.order)


def every_folder_has_its_place(tree):
    for path in tree.files("core"):
        if path.split("/")[1] not in tree.order:
            yield path, 1, f"{part(path)} is not named in core/CMakeLists.txt"


def quoted_includes_exist(tree):
    for path, number, name, quoted, target in tree.includes(*SOURCES):
        if quoted and target is None:
            yield path, number, f'"{name}" is no file of this tree; write <{name}> for others'


def third_party_stays_home(tree):
    for path, number, name, quoted, target in tree.includes(*SOURCES):
        if quoted or target is not None or is_system(name):
            continue
        prefix = max((p for p in HOMES if name.startswith(p)), key=len, default=None)
        if prefix is None:
            yield path, number, f"<{name}> has no home; give it one in layers.py"
        elif not any(within(path, home) for home in HOMES[prefix]):
            yield path, number, f"<{name}> may only be named in {', '.join(HOMES[prefix])}"


def is_system(name):
    if name in HOMES:
        return False
    standard = "." not in name and "/" not in name and not name.startswith("sodium")
    return standard or name.startswith(POSIX_FOLDERS) or name.removesuffix(".h") in C_AND_POSIX


def core_names_no_plugin(tree):
    for path in tree.files("core", suffixes=(".hpp", ".cpp", ".h", ".c", ".cmake", "CMakeLists.txt")):
        for number, line in tree.lines(path):
            for plugin in tree.plugins:
                if re.search(rf"\b{plugin}(?:\b|_parts)", line):
                    yield path, number, f"core names the plugin {plugin}"


def links_go_down(tree):
    """The build files say the same as the includes."""
    for path in tree.files("core", "plugins", "sdk", suffixes=("CMakeLists.txt",)):
        for number, line in tree.lines(path):
            line = line.split("#")[0]
            for name in re.findall(r"\btreasurer_(\w+)", line):
                if path.startswith("core/") and name in tree.order and order(tree, path) < tree.order.index(name):
                    yield path, number, f"{part(path)} may not link treasurer_{name}: it stands after it"
                elif not path.startswith("core/") and name in tree.order:
                    yield path, number, f"{part(path)} may not link treasurer_{name} of core"
            for plugin in tree.plugins:
                if within(path, "plugins") and path.count("/") > 1 and not within(path, f"plugins/{plugin}"):
                    if re.search(rf"\b{plugin}(?:\b|_parts)", line):
                        yield path, number, f"{part(path)} may not link {plugin}"


def seams_are_injected(tree):
    for path in tree.files("core"):
        for number, line in tree.code_lines(path):
            for what, pattern, places in SEAMS:
                hit = re.search(pattern, line)
                if hit and not any(within(path, place) for place in places):
                    yield path, number, f"{what} is injected, not named: {hit.group().strip()}"


RULES = (includes_go_down, every_folder_has_its_place, quoted_includes_exist, third_party_stays_home,
         core_names_no_plugin, links_go_down, seams_are_injected)


def findings(root):
    tree = Tree(root)
    return [(rule.__name__, *found) for rule in RULES for found in rule(tree)]


def main():
    found = findings(sys.argv[1] if len(sys.argv) > 1 else ".")
    for rule, path, line, text in found:
        print(f"{path}:{line}: {text} [{rule}]")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
