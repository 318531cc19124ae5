"""Adds up what run-tests ran: prints what was skipped and what failed, then "N passed, N failed", and exits 1 on failures.

It counts single tests (a GoogleTest case, a lit file, a lint), and runs nothing itself.
"""
import json
import os
import sys
import xml.etree.ElementTree


def gtest(path):
    """Yields (name, outcome, reason) for each case of one GoogleTest report."""
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        name = case.get("classname") + "." + case.get("name")
        skipped = case.find("skipped")
        if case.find("failure") is not None:
            yield name, "failed", ""
        elif skipped is not None:
            yield name, "skipped", (skipped.get("message") or "").strip().split("\n")[-1]
        elif case.get("status") == "run":
            yield name, "passed", ""
        # What is left is "notrun": disabled or filtered away.


def lit(path):
    """Yields (name, outcome, reason) for each file that lit looked at."""
    with open(path) as file:
        report = json.load(file)
    for test in report["tests"]:
        code = test["code"]
        if code in ("PASS", "XFAIL", "FLAKYPASS"):
            yield test["name"], "passed", ""
        elif code in ("UNSUPPORTED", "SKIPPED", "EXCLUDED"):
            yield test["name"], "skipped", "REQUIRES not met"
        else:
            yield test["name"], "failed", code


def main(folder):
    outcomes = []
    for entry in xml.etree.ElementTree.parse(os.path.join(folder, "ctest.xml")).getroot().iter("testcase"):
        name, status = entry.get("name"), entry.get("status")
        report = os.path.join(folder, name + (".json" if name == "lit" else ".xml"))
        inner = []
        if os.path.exists(report):
            try:
                inner = list((lit if name == "lit" else gtest)(report))
            except (ValueError, KeyError, xml.etree.ElementTree.ParseError):
                inner = []  # cut short by a crash: counted as one failure below
        outcomes += [(name + ": " + case, outcome, reason) for case, outcome, reason in inner]
        if status in ("fail", "timeout") and not any(outcome == "failed" for _, outcome, _ in inner):
            outcomes.append((name, "failed", "ended badly" if name == "lit" or name.startswith("unit_") else ""))
        elif not inner:
            outcomes.append((name, {"run": "passed", "fail": "failed"}.get(status, "skipped"), ""))

    for wanted in ("skipped", "failed"):
        for name, outcome, reason in outcomes:
            if outcome == wanted:
                print(f"{wanted}: {name}" + (f" ({reason})" if reason else ""))
    count = {wanted: sum(outcome == wanted for _, outcome, _ in outcomes) for wanted in ("passed", "failed")}
    print(f"{count['passed']} passed, {count['failed']} failed")
    return 1 if count["failed"] or not count["passed"] else 0


sys.exit(main(sys.argv[1]))
