"""Holds the JSON of `dlc bench` against itself, and against what the machine is said to reach. Times are not judged.

bench_json.py FLOPS BYTES < JSON
"""
import json
import sys

bench = json.load(sys.stdin)
assert bench["machine_flops_per_s"] == float(sys.argv[1]), bench["machine_flops_per_s"]
assert bench["machine_bytes_per_s"] == float(sys.argv[2]), bench["machine_bytes_per_s"]
assert 0 < bench["step_min_us"] <= bench["step_us"] <= bench["step_p90_us"] <= bench["step_p99_us"], bench
instructions = bench["instructions"]
assert sum(one["flops"] for one in instructions) == bench["flops"] > 0
for phase in ("forward", "backward", "update"):
    spent = sum(one["us"] for one in instructions if one["phase"] == phase)
    assert abs(spent - bench[phase + "_us"]) <= 1e-9 * spent and spent > 0, phase
assert all(one["bytes"] > 0 and one["us"] >= 0 for one in instructions)
assert any(one["line"].split(":")[-2].isdigit() for one in instructions)
