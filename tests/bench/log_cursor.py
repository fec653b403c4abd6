"""Cursors of GET /api/dashboard/logs for any place in the list, without the pages before it.

A cursor says where a page begins, and is tied to its query by a hash (plugins/storage_*/cursor.cpp): 8 bytes of hash, 8 of
the snapshot, then the place, a time and a key.
"""

import base64
import re
import struct

NULL, INTEGER = 0, 1  # ATR_T_NULL, ATR_T_INT


def _text(value):
    return struct.pack("<Q", len(value)) + value.encode()


def _value(number):
    return struct.pack("<bQQ", NULL if number is None else INTEGER, number or 0, 0)


def _hash(place, low, high):
    """FNV-1a over the query's meaning and the place."""
    out = 14695981039346656037
    everything = (_text("activity") + _text("by_time") + struct.pack("<Q", 0) + _value(low) + _value(high)
                  + struct.pack("<QQ", 1, len(place)) + place)
    for byte in everything:
        out = (out ^ byte) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return out


def cursor(at_ms, key, low=None, high=None):
    """The page behind the line `key` of `at_ms`, within [low, high) milliseconds."""
    place = struct.pack("<QcQc", 0, b"i", at_ms, b"t") + _text(key)
    return base64.urlsafe_b64encode(struct.pack("<Q", _hash(place, low, high)) + place).rstrip(b"=").decode()


def next_of(answer):
    """The path of the page after it, as an answer names it; None: it was the last."""
    found = re.match(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
    return found.group(1) if found else None
