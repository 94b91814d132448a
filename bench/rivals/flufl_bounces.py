"""Messages a second of processor time with flufl.bounce, and in how many it finds a failed address."""

import sys
import time
from email import message_from_binary_file
from pathlib import Path

from flufl.bounce import all_failures

files = sorted(Path(sys.argv[1]).iterdir())
found = 0
before = time.process_time()
for path in files:
    with open(path, "rb") as file:
        temporary, permanent = all_failures(message_from_binary_file(file))
    found += bool(temporary or permanent)
print(len(files) / (time.process_time() - before), found)
