#!/usr/bin/python3
"""The bare IDLE client: says when it sees EXISTS, and does nothing else.

  idle_client.py PORT USER PASSWORD_FILE CA

Prints `idle` once it waits, then the monotonic clock in seconds for each EXISTS.
"""

import socket
import ssl
import sys
import time
from pathlib import Path

port, user, password_file, ca = sys.argv[1:]
password = Path(password_file).read_text().rstrip("\n")
context = ssl.create_default_context(cafile=ca)
connection = context.wrap_socket(socket.create_connection(("localhost", int(port))), server_hostname="localhost")
lines = connection.makefile("rb")


def say(tag: str, command: str) -> None:
    connection.sendall(f"{tag} {command}\r\n".encode())
    while not (line := lines.readline()).startswith((tag.encode(), b"+")):
        assert line, "the server hung up"


lines.readline()
say("a", f'LOGIN "{user}" "{password}"')
say("b", "SELECT INBOX")
say("c", "IDLE")
print("idle", flush=True)
for line in lines:
    if line.rstrip().endswith(b"EXISTS"):
        print(f"{time.monotonic():.6f}", flush=True)
