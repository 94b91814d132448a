#!/usr/bin/python3
"""The header sync as a Python script does it: imaplib in slices, email's header parser, a few fields read.

  imaplib_sync.py PORT USER PASSWORD_FILE CA LAST_UID SLICE FIELD…

Prints the number of messages and the seconds from before connecting to after the last one was parsed.
"""

import imaplib
import ssl
import sys
import time
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path

imaplib._MAXLINE = 10_000_000


def main() -> None:
    port, user, password_file, ca, last, size, *fields = sys.argv[1:]
    last, size = int(last), int(size)
    password = Path(password_file).read_text().rstrip("\n")
    items = f"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({' '.join(fields)})])"
    parser = BytesHeaderParser()
    messages, threads = 0, {}
    start = time.monotonic()
    connection = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=ssl.create_default_context(cafile=ca))
    connection.login(user, password)
    connection.select("INBOX", readonly=True)
    for first in range(1, last + 1, size):
        status, answer = connection.uid("FETCH", f"{first}:{min(first + size - 1, last)}", items)
        assert status == "OK", answer
        for item in answer:
            if not isinstance(item, tuple):
                continue
            header = parser.parsebytes(item[1])
            related = f"{header['In-Reply-To'] or ''} {header['References'] or ''}".split()
            threads[header["Message-ID"]] = (parseaddr(header["From"] or "")[1], header["Subject"], related)
            messages += 1
    print(messages, f"{time.monotonic() - start:.6f}")
    connection.logout()


main()
