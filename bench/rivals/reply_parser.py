"""Messages a second of processor time with email and mail-parser-reply, and in how many it leaves a text."""

import sys
import time
from email import message_from_binary_file, policy
from pathlib import Path

from mailparser_reply import EmailReplyParser

files = sorted(Path(sys.argv[1]).iterdir())
parser = EmailReplyParser(languages=["en", "de", "fr", "it", "nl", "pl", "sv", "da", "es", "ja"])
found = 0
before = time.process_time()
for path in files:
    with open(path, "rb") as file:
        try:
            body = message_from_binary_file(file, policy=policy.default).get_body(("plain", "html"))
            text = body.get_content() if body else ""
        except (LookupError, ValueError, TypeError):
            text = ""
    found += bool(parser.parse_reply(text=text).strip()) if text else 0
print(len(files) / (time.process_time() - before), found)
