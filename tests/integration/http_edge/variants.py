"""Variants of raw exchanges, from a seed: what a stranger would try who knows how requests are hidden."""

import random

SEED = 20261128

SNIPPETS = [b"\r\n", b"\n", b"\r", b" ", b"\t", b"\0", b"\x0b", b"\x7f", b"\x80", b":", b";", b",", b"%", b"%00", b"/", b"//",
            b"0", b"a", b"#", b"?", b"*", b"\r\nTransfer-Encoding: chunked", b"\r\nTransfer-Encoding:\x0bchunked",
            b"\r\nTransfer-Encoding : chunked", b"\r\nContent-Length: 3", b"\r\nContent-Length: 0", b"\r\nContent-Length: 3, 3",
            b"\r\nHost: b", b"\r\nConnection: close", b"\r\nConnection: keep-alive", b"\r\nExpect: 100-continue",
            b"0\r\n\r\n", b"1\r\na\r\n", b"\r\nX: y", b"GET /in HTTP/1.1\r\nHost: a\r\n\r\n"]


def mutant(data, dice):
    """One to three changes: a byte or a run is replaced, left out or doubled, or something telling is put in."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(out) + 1)
        end = min(len(out), at + dice.choice((1, 1, 1, 2, 8)))
        kind = dice.randrange(5)
        if kind == 0:
            out[at:end] = dice.choice(SNIPPETS)
        elif kind == 1:
            del out[at:end]
        elif kind == 2:
            out[at:at] = out[at:end]
        elif kind == 3:
            out[at:at] = dice.choice(SNIPPETS)
        else:
            lines = bytes(out).split(b"\r\n")
            dice.shuffle(lines[1:]) if len(lines) < 3 else lines.insert(dice.randrange(1, len(lines)), dice.choice(lines))
            out = bytearray(b"\r\n".join(lines))
    return bytes(out)


def variants(known, of_each):
    """So many of each, always the same."""
    dice = random.Random(SEED)
    return [mutant(data, dice) for data in known for _ in range(of_each)]
