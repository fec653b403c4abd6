"""Which plugins the hosts of tests run on, chosen by environment:

    ATR_TEST_STORAGE=sqlite | postgres     default sqlite

The settings file that a Site uses is config/embedded.yaml with the section of a chosen plugin put in the place of its
own. One PostgreSQL server serves a test program; every site has a schema of its own there.
"""

import os
import re

_server = []
_sites = 0


def _postgres_server():
    if not _server:
        from postgres import Postgres
        _server.append(Postgres().create().start())
    return _server[0]


def _postgres_section():
    global _sites
    _sites += 1
    return f"""  storage:
    use: storage_postgres
    threads: 8
    queue: 1024
    config:
      url: {_postgres_server().url}
      schema: site_{os.getpid()}_{_sites}
      pool_size: 8
"""


SECTIONS = {("storage", "postgres"): _postgres_section}


def storage():
    return os.environ.get("ATR_TEST_STORAGE", "sqlite")


def _with_section(text, name, section):
    """`text` with the plugin section `name` (two spaces deep, up to the next of that depth) replaced."""
    pattern = re.compile(rf"^  {name}:\n(?:(?:    .*)?\n)*", re.M)
    replaced, count = pattern.subn(lambda _: section + "\n", text)
    if count != 1:
        raise ValueError(f"{count} sections '{name}' in the settings file")
    return replaced


def config_for(default, folder):
    """The path of the settings a site in `folder` uses: `default` itself, or a copy that names the chosen backends."""
    chosen = [("storage", storage())]
    if all(choice in (("storage", "sqlite"),) for choice in chosen):
        return default
    with open(default, encoding="utf-8") as file:
        text = file.read()
    for choice in chosen:
        if choice in SECTIONS:
            text = _with_section(text, choice[0], SECTIONS[choice]())
        elif choice != ("storage", "sqlite"):
            raise ValueError(f"there is no {choice[0]} backend '{choice[1]}'")
    path = os.path.join(folder, "settings.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path
