"""The policy service that kills the daemon in mid-send."""

import socket
import unittest

from killer import Killer


class KillerTests(unittest.TestCase):
    def setUp(self):
        self.killed = []
        self.killer = Killer("frida@lake.test", occurrence=2)
        self.addCleanup(self.killer.close)
        self.killer.kill = lambda: self.killed.append(True)

    def ask(self, recipient: str, queue_id: str = "Q1", stage: str = "END-OF-MESSAGE") -> str:
        with socket.create_connection(("127.0.0.1", self.killer.port)) as connection:
            connection.sendall(
                f"request=smtpd_access_policy\nprotocol_state={stage}\nrecipient={recipient}\n"
                f"queue_id={queue_id}\n\n".encode())
            return connection.recv(100).decode()

    def test_kills_at_the_chosen_mail_once_and_lets_every_mail_through(self):
        answers = [self.ask("anna@north.test"), self.ask("frida@lake.test", "Q2")]
        answers += [self.ask("frida@lake.test", "Q2", "RCPT"), self.ask("frida@lake.test", "Q2", "DATA")]
        self.assertEqual(self.killed, [])
        answers += [self.ask("Frida@lake.test", "Q3"), self.ask("frida@lake.test", "Q4")]
        self.assertEqual((self.killed, self.killer.queue_id), ([True], "Q3"))
        self.assertEqual(set(answers), {"action=DUNNO\n\n"})


if __name__ == "__main__":
    unittest.main()
