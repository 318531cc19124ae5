"""Holds a trace of `dlc bench` against the instructions of the step. Every thread runs its own, one after the other.

bench_trace.py TRACE BENCH_JSON
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    events = json.load(file)["traceEvents"]
with open(sys.argv[2], encoding="utf-8") as file:
    bench = json.load(file)
spans = [event for event in events if event["ph"] == "X"]
threads = sorted({event["tid"] for event in spans})
assert threads == list(range(bench["threads"])), threads
assert len([event for event in events if event["ph"] == "M"]) == len(threads)
for thread in threads:
    own = [event for event in spans if event["tid"] == thread]
    for before, after in zip(own, own[1:]):
        assert before["ts"] + before["dur"] <= after["ts"] + 0.001, (before, after)
    waits = [event for event in own if event["name"] == "wait"]
    assert len(waits) == bench["barriers"], (len(waits), bench["barriers"])
run = {event["args"]["instruction"] for event in spans if event["name"] != "wait"}
assert run == {one["instr"] for one in bench["instructions"]}
assert {event["cat"] for event in spans} >= {"forward", "backward", "update"}
