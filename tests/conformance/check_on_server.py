#!/usr/bin/env python3
"""`treasurer plugin check` of a plugin that needs a server: starts one, runs the kit against it, ends it. What it skips
is what skips.py lists.

    check_on_server.py storage_postgres | cache_redis [--pooler session | transaction] [ARGUMENT OF THE KIT ...]

--pooler: through pgbouncer in that mode; in transaction mode without prepared statements.
"""

import contextlib
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

from host import BUILD  # noqa: E402
from passes import check  # noqa: E402
from postgres import Pgbouncer, Postgres  # noqa: E402
from redis_server import Standalone  # noqa: E402


@contextlib.contextmanager
def storage_postgres(pooler):
    server = Postgres().create().start()
    reached = Pgbouncer(server, pooler, pool=60) if pooler else server
    try:
        yield (f"url: {reached.url}\nschema: '{{unique}}'\n"
               f"prepared_statements: {'false' if pooler == 'transaction' else 'true'}\n")
    finally:
        if pooler:
            reached.remove()
        server.remove()


@contextlib.contextmanager
def cache_redis(_pooler):
    with Standalone() as site:
        yield (f"addresses: ['127.0.0.1:{site.servers['redis'].port}']\nusername: treasurer\n"
               f"password: secret://file{site.folder}/password\nprefix: 'at:{{unique}}:'\n")


PLUGINS = {one.__name__: one for one in (storage_postgres, cache_redis)}


def main():
    plugin, *arguments = sys.argv[1:]
    pooler = None
    if arguments[:1] == ["--pooler"]:
        _, pooler, *arguments = arguments
    with PLUGINS[plugin](pooler) as settings, tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(settings)
        file.flush()
        path = os.path.join(BUILD, "plugins", plugin + ".so")
        check(plugin, path, "--config", file.name, *arguments)


if __name__ == "__main__":
    main()
