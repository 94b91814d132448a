"""The benchmarks by name, in the order of their table."""

from gate import gate
from headers import headers
from idle import idle
from planning import planning

ALL = {"headers": headers, "gate": gate, "planning": planning, "idle": idle}
