"""Which plugins the hosts of tests run on, chosen by environment:

    ATR_TEST_STORAGE=sqlite | postgres     default sqlite
    ATR_TEST_CACHE=memory | redis          default memory
    ATR_TEST_POOLER=session | transaction  pgbouncer in that mode before PostgreSQL; default none

The settings file that a Site uses is config/embedded.yaml with the section of a chosen plugin put in the place of its
own. One PostgreSQL and one Redis serve a test program; every site has a database and a prefix of its own there.
"""

import contextlib
import itertools
import json
import os
import re
import sqlite3

_server = []
_redis = []
_pooler = []
_prefixes = itertools.count(1)


def _chosen(variable, backends):
    """The backend that the environment names; the first one without it."""
    name = os.environ.get(variable, backends[0])
    if name not in backends:
        raise ValueError(f"{variable}={name}: there are {', '.join(backends)}")
    return name


def storage():
    return _chosen("ATR_TEST_STORAGE", ("sqlite", "postgres"))


def cache():
    return _chosen("ATR_TEST_CACHE", ("memory", "redis"))


def holds_write_lock(path):
    """True if a process holds the SQLite file's write lock just now."""
    with contextlib.closing(sqlite3.connect(path, timeout=0.05, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False


class SqliteStore:
    """What a host left in its file, read without the host."""

    def __init__(self, site):
        self._path = os.path.join(site.data, "treasurer.db")

    def _rows(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=60)) as connection:
            return connection.execute(query).fetchall()

    def records(self, collection):
        return [json.loads(body) for (body,) in self._rows(f"SELECT body FROM {collection}")]

    def counters(self, collection):
        return {key: int(body) for key, body in self._rows(f"SELECT key, body FROM {collection}")}


    def _write(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self._path)) as connection, connection:
            if connection.execute(statement, values).rowcount != 1:
                raise AssertionError(f"{statement} {values}: not one row")

    def edit(self, collection, key, **members):
        """Changes members of one record behind every host's back, and the columns that repeat them."""
        ((body,),) = self._rows(f"SELECT body FROM {collection} WHERE key = '{key}'")
        edited = json.dumps({**json.loads(body), **members})
        self._write(f"UPDATE {collection} SET body = ? WHERE key = ?",
                    edited if isinstance(body, str) else edited.encode(), key)
        for column, pointer in self._rows("SELECT c.name, json_pointer FROM atr_columns c JOIN atr_collections t "
                                          f"ON c.collection = t.id WHERE t.name = '{collection}'"):
            if pointer[1:] in members:
                self._write(f'UPDATE {collection} SET "{column}" = ? WHERE key = ?', members[pointer[1:]], key)

    def delete(self, collection, key):
        self._write(f"DELETE FROM {collection} WHERE key = ?", key)

    def set_counter(self, collection, key, value):
        self._write(f"UPDATE {collection} SET body = ? WHERE key = ?", str(value), key)

    def jobs(self):
        """(id, worker) of every open job."""
        return self._rows("SELECT key, worker FROM atr_jobs")

    def is_locked(self):
        """True while a transaction of a host is open that others would have to wait for."""
        return holds_write_lock(self._path)


class PostgresStore:
    """What a host left in its database, read without the host."""

    def __init__(self, site):
        self._database = site.database

    def _json(self, query):
        return json.loads(postgres().sql(f"SET search_path = treasurer; {query}", self._database) or "null")

    def records(self, collection):
        return self._json(f"SELECT json_agg(body) FROM {collection}") or []

    def counters(self, collection):
        found = self._json(f"SELECT json_object_agg(key, value::text) FROM {collection}") or {}
        return {key: int(value) for key, value in found.items()}

    def _write(self, statement):
        done = postgres().sql(f"SET search_path = treasurer; WITH done AS ({statement} RETURNING 1) "
                              "SELECT count(*) FROM done", self._database)
        if done.strip() != "1":
            raise AssertionError(f"{statement}: not one row but {done!r}")

    def edit(self, collection, key, **members):
        """Changes members of one record behind every host's back, and the columns that repeat them."""
        columns = self._json("SELECT json_object_agg(json_pointer, c.name) FROM atr_columns c JOIN atr_collections t "
                             f"ON c.collection = t.id WHERE t.name = '{collection}'") or {}
        changes = [f"body = (body::jsonb || $edit${json.dumps(members)}$edit$::jsonb)::json"]
        changes += [f"\"{columns['/' + name]}\" = '{value}'" for name, value in members.items() if "/" + name in columns]
        self._write(f"UPDATE {collection} SET {', '.join(changes)} WHERE key = '{key}'")

    def delete(self, collection, key):
        self._write(f"DELETE FROM {collection} WHERE key = '{key}'")

    def set_counter(self, collection, key, value):
        self._write(f"UPDATE {collection} SET value = {value} WHERE key = '{key}'")

    def jobs(self):
        return [tuple(job) for job in self._json("SELECT json_agg(json_build_array(key, worker)) FROM atr_jobs") or []]

    def is_locked(self):
        """True while a transaction of a host is open that others would have to wait for."""
        return self._json("SELECT to_json(count(*) > 0) FROM pg_stat_activity WHERE datname = current_database() "
                          "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL")


def store_of(site):
    return PostgresStore(site) if storage() == "postgres" else SqliteStore(site)


def postgres():
    """The PostgreSQL of this program, started when it is first asked for; it ends with the program."""
    if not _server:
        from postgres import Postgres
        _server.append(Postgres().create().start())
    return _server[0]


def pooler():
    """(what hosts connect to, further lines of the plugin's settings): PostgreSQL itself, or a pooler before it."""
    mode = os.environ.get("ATR_TEST_POOLER")
    if not mode:
        return postgres(), ""
    if not _pooler:
        from postgres import Pgbouncer
        _pooler.append(Pgbouncer(postgres(), mode, pool=16))
    return _pooler[0], "" if mode == "session" else "      prepared_statements: false\n"


def use_postgres(server):
    """From here on what hosts left is read from `server`, which took the other's place."""
    _server[:] = [server]


def _postgres_section(site, template):
    server = postgres()
    site.database = f"site_{os.path.basename(site.folder).replace('-', '_').lower()}"
    server.sql(f"CREATE DATABASE {site.database}" + (f" TEMPLATE {template.database}" if template else ""))
    reached, further = pooler()
    return f"""  storage:
    use: storage_postgres
    threads: 8
    queue: 1024
    config:
      url: {reached.url.rsplit("/", 1)[0]}/{site.database}
      pool_size: 8
{further}"""


def with_section(text, name, section):
    """`text` with the plugin section `name` (two spaces deep, up to the next of that depth) replaced."""
    pattern = re.compile(rf"^  {name}:\n(?:(?:    .*)?\n)*", re.M)
    replaced, count = pattern.subn(lambda _: section + "\n", text)
    if count != 1:
        raise ValueError(f"{count} sections '{name}' in the settings file")
    return replaced


def redis():
    """The Redis of this program, started when it is first asked for; it ends with the program."""
    if not _redis:
        from redis_server import Standalone
        _redis.append(Standalone().close_at_exit())
    return _redis[0]


def _redis_section():
    site = redis()
    return f"""  cache:
    use: cache_redis
    threads: 4
    queue: 1024
    config:
      addresses: ["127.0.0.1:{site.servers['redis'].port}"]
      username: treasurer
      password: secret://file{site.folder}/password
      prefix: "at:{next(_prefixes)}:"
"""


def config_for(site, default, template):
    """The path of the settings that `site` uses: `default` itself, or a copy that names the chosen backends.
    `template`: a site, not running, whose store is copied, or None."""
    if (storage(), cache()) == ("sqlite", "memory"):
        return default
    with open(default, encoding="utf-8") as file:
        text = file.read()
    if storage() == "postgres":
        text = with_section(text, "storage", _postgres_section(site, template))
    if cache() == "redis":
        text = with_section(text, "cache", _redis_section())
    path = os.path.join(site.folder, "settings.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path
