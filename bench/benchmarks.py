"""The benchmarks by name, in the order of their table."""

from bulk import bulk
from classify import classify
from gate import gate
from headers import headers
from idle import idle
from inbound import inbound
from people import people
from planning import planning
from reply import reply
from sending import sending
from service import idle_one, start, stop
from slot import slot
from web import web

ALL = {
    "headers": headers, "inbound": inbound, "reply": reply, "sending": sending, "gate": gate, "planning": planning,
    "bulk": bulk, "idle": idle, "classify": classify, "slot": slot, "people": people, "web": web,
    "start": start, "idle-one": idle_one, "stop": stop,
}
