"""Which plugins the hosts of tests run on, chosen by environment:

    ATR_TEST_CACHE=memory | redis     default memory

One Redis serves a test program; every site has a prefix of its own there.
"""

import itertools
import os

_numbers = itertools.count(1)
_redis = []


def redis():
    """The Redis of this program, started when it is first asked for; it ends with the program."""
    if not _redis:
        from redis_server import Standalone
        _redis.append(Standalone().close_at_exit())
    return _redis[0]


def cache_settings():
    """What --set is given so that a host uses the chosen cache."""
    chosen = os.environ.get("ATR_TEST_CACHE", "memory")
    if chosen == "memory":
        return {}
    if chosen != "redis":
        raise ValueError(f"there is no cache backend '{chosen}'")
    site = redis()
    return {"plugins.cache.use": "cache_redis",
            "plugins.cache.config.addresses": f"[\"127.0.0.1:{site.servers['redis'].port}\"]",
            "plugins.cache.config.username": "treasurer",
            "plugins.cache.config.password": f"secret://file{site.folder}/password",
            "plugins.cache.config.prefix": f"at:{next(_numbers)}:"}
