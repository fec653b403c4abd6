"""The paths that stand in the sources of the API, and what a host says of them: for tests that compare with documents."""

import re
import urllib.request
from pathlib import Path

ROOT_IN_SOURCE = re.compile(r'pattern = "(/)"')
PATH_IN_SOURCE = re.compile(r'"(/(?:api|health|metrics|token|logout|openapi|docs|session)[a-z0-9/_{}.-]*)"')


def paths_in_source(source):
    return {path for file in (Path(source) / "core/http").rglob("*.cpp")
            for regex in (PATH_IN_SOURCE, ROOT_IN_SOURCE) for path in regex.findall(file.read_text(encoding="utf-8"))
            if path == "/" or not path.endswith("/")}


def allowed(url):
    """The methods that a path answers to, by OPTIONS."""
    with urllib.request.urlopen(urllib.request.Request(url, method="OPTIONS"), timeout=60) as answer:
        return set(answer.headers["Allow"].replace(" ", "").split(",")) - {"HEAD", "OPTIONS"}


def methods_of(url, path):
    return allowed(url + re.sub(r"\{[a-z_]+\}", "any", path))
