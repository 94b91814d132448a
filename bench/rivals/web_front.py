"""The least that a web front must do: one connection at a time, a commit for each request, a picture as the answer.

web_front.py DATABASE: prints its port.
"""

import socket
import sqlite3
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nContent-Length: 2\r\n\r\nok"

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY, path TEXT NOT NULL)")
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    said = b""
    while piece := connection.recv(65536):
        said += piece
        while b"\r\n\r\n" in said:
            head, said = said.split(b"\r\n\r\n", 1)
            database.execute("INSERT INTO visit (path) VALUES (?)", (head.split(b" ", 2)[1].decode(),))
            connection.sendall(ANSWER)
