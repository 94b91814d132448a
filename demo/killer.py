"""A Postfix policy service that kills the daemon in the middle of one chosen hand-over.

Postfix asks it when the final dot of a message has come and before it answers. The service kills the daemon and
lets the message through: the server has it, and the client never read the 250.
Source: Postfix's SMTPD_POLICY_README; RFC 1047 describes the hole.
"""

import socketserver
import threading
import time


class Killer:
    """Listens from the moment it is made. `kill` is called at most once, from the service's own thread.

    - occurrence: Which of the mails to this recipient, counted from 1.
    - stage: `RCPT`, `DATA` (before the 354) or `END-OF-MESSAGE` (after the final dot).
    """

    def __init__(self, recipient: str, occurrence: int, stage: str = "END-OF-MESSAGE"):
        self.recipient, self.occurrence, self.stage = recipient, occurrence, stage
        self.kill = None
        self.killed_at = None
        self.queue_id = None
        self._seen = 0
        self._lock = threading.Lock()
        killer = self

        class Dialogue(socketserver.StreamRequestHandler):
            def handle(self):
                while asked := killer._read(self.rfile):
                    killer._judge(asked)
                    self.wfile.write(b"action=DUNNO\n\n")

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dialogue)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @staticmethod
    def _read(stream) -> dict:
        asked = {}
        while line := stream.readline().decode("utf-8", "replace").strip():
            name, _, value = line.partition("=")
            asked[name] = value
        return asked

    def _judge(self, asked: dict) -> None:
        with self._lock:
            chosen = asked.get("recipient", "").lower() == self.recipient and asked.get("protocol_state") == self.stage
            if not chosen or self.kill is None or self.killed_at:
                return
            self._seen += 1
            if self._seen == self.occurrence:
                self.queue_id = asked.get("queue_id")
                self.kill()
                self.killed_at = time.time()
