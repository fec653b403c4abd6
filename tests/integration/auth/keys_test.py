#!/usr/bin/env python3
"""API keys are records like others: a backup carries them, and each has its end there too. The key that signs tokens is
replaced by renaming its file, and nobody is signed out until the renamed one is removed.
"""
import contextlib
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TREASURER_SOURCE"], "tests/support"))
from host import Site

READ = "/api/v1/payments"


def made_key(client):
    answer = client.post("/api/v1/api-keys", {"name": "test", "scopes": ["read"]})
    assert answer.status == 201, answer
    return answer.json()


def status(host, credential):
    with contextlib.closing(host.client(credential)) as client:
        return client.get(READ).status


class Keys(unittest.TestCase):
    def test_a_backup_carries_api_keys(self):
        with Site("keys") as site, Site("keys-restored") as other:
            host = site.start()
            with contextlib.closing(host.client(site.token("admin"))) as client:
                live, revoked = made_key(client), made_key(client)
                self.assertEqual(client.send("DELETE", "/api/v1/api-keys/" + revoked["id"]).status, 204)
            self.assertEqual((status(host, live["key"]), status(host, revoked["key"])), (200, 401))
            backup = os.path.join(site.folder, "books.backup.gz")
            site.run("backup", backup, "--with-keys")
            other.run("restore", backup)
            restored = other.start()
            self.assertEqual((status(restored, live["key"]), status(restored, revoked["key"])), (200, 401))
            self.assertNotIn(live["key"], host.log_text() + restored.log_text())

    def test_the_key_of_tokens_is_replaced_without_signing_anybody_out(self):
        with Site("rotation") as site:
            host = site.start()
            token = site.token("admin")
            with contextlib.closing(host.client(token)) as client:
                key = made_key(client)["key"]
            host.stop()
            former, renamed = (os.path.join(site.data, name) for name in ("tokens.key", "tokens.old.key"))
            os.rename(former, renamed)
            host = site.start()
            newer = site.token("admin")
            self.assertEqual((status(host, token), status(host, newer)), (200, 200))
            host.stop()
            os.remove(renamed)
            host = site.start()
            self.assertEqual((status(host, token), status(host, newer), status(host, key)), (401, 200, 200))


if __name__ == "__main__":
    unittest.main()
