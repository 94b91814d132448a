"""The benchmarks by name, in the order of their table."""

from bulk import bulk
from gate import gate
from headers import headers
from idle import idle
from planning import planning
from reply import reply
from sending import sending

ALL = {
    "headers": headers, "reply": reply, "sending": sending, "gate": gate, "planning": planning,
    "bulk": bulk, "idle": idle,
}
