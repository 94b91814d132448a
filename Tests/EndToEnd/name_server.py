"""A name server on 127.0.0.1 with the records that a test gives it."""

import socket
import struct
import threading

TYPES = {"MX": 15, "TXT": 16}


def encoded(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


class NameServer:
    """Answers for `records`: {(name, type): [value, …]}; a TXT value is a text, an MX value a pair.

    Names that are in none of them do not exist; `silent` names are not answered.
    """

    def __init__(self, records: dict, silent: set = frozenset()):
        self.records, self.silent, self.asked = records, silent, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.socket.close()

    def serve(self):
        while True:
            try:
                question, client = self.socket.recvfrom(2000)
            except OSError:
                return
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode().lower())
                at += 1 + question[at]
            (kind,) = struct.unpack("!H", question[at + 1:at + 3])
            name = ".".join(labels)
            self.asked.append((name, kind))
            if name in self.silent:
                continue
            values = [data for (owner, label), rows in self.records.items() if owner == name and TYPES[label] == kind
                      for data in map(self.data, [label] * len(rows), rows)]
            exists = any(owner == name for owner, _ in self.records)
            head = question[:2] + struct.pack("!HHHHH", 0x8180 | (0 if exists else 3), 1, len(values), 0, 0)
            answers = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data for data in values)
            reply = head + question[12:at + 5] + answers
            # What does not fit into a datagram is asked for by TCP, which this server does not speak.
            assert len(reply) <= 1232, f"{name}: too long for a datagram"
            self.socket.sendto(reply, client)

    @staticmethod
    def data(label: str, value) -> bytes:
        if label == "MX":
            preference, host = value
            return struct.pack("!H", preference) + encoded(host)
        text = value.encode()
        return b"".join(bytes([len(part)]) + part for part in (text[at:at + 255] for at in range(0, len(text), 255)))
