"""Ports of this machine that a test's server may listen on."""

import random
import socket


def free_ports(count):
    """Below those that the kernel gives to clients, and to hosts that take any: none of them takes the port of a server
    while that is down, or has not begun yet."""
    ports = []
    while len(ports) < count:
        port = random.randrange(12000, 32000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def free_port():
    return free_ports(1)[0]
