"""Every code of include/dlc/support/diagnostics.def that dlc can give is named by a test, and every code given is in the table.

Codes of parts that are yet to come stand in diagnostics_to_come.txt, with the part; a stale line there is a finding too.
"""
import os
import re

import common

table = "include/dlc/support/diagnostics.def"
listed = {match[1]: number for number, line in enumerate(common.read(table).splitlines(), 1)
          if (match := re.match(r'DLC_DIAG\("([EW]\d{3})"', line))}

given, findings = {}, []
for name in common.files(".cpp", ".h", ".inc", under=("lib", "include", "tools")):
    for number, line in enumerate(common.read(name).splitlines(), 1):
        for code in re.findall(r'"([EW]\d{3})"', line.split("//")[0]):
            given.setdefault(code, f"{name}:{number}")
for code, place in sorted(given.items()):
    if code not in listed:
        findings.append(f"{place}: {code} is not in {table}")

tested = set()
for name in common.files(under=("test",)):
    if not name.startswith(("test/lint/", "test/unit/support/")):
        tested.update(re.findall(r"(?<![0-9A-Za-z])[EW]\d{3}(?![0-9A-Za-z])", common.read(name)))

to_come_file = "test/lint/diagnostics_to_come.txt"
to_come = {}
for number, line in enumerate(common.read(to_come_file).splitlines(), 1):
    if line.strip() and not line.startswith("#"):
        code, _, part = line.partition(" ")
        to_come[code] = number
        if not part.strip():
            findings.append(f"{to_come_file}:{number}: {code} without the part it waits for")
        if code not in listed:
            findings.append(f"{to_come_file}:{number}: {code} is not in {table}")
        elif code in given:
            findings.append(f"{to_come_file}:{number}: {code} is given at {given[code]}; test it and take it off this list")

for code, number in listed.items():
    if code in given and code not in tested:
        findings.append(f"{table}:{number}: {code} is given at {given[code]}, and no test names it")
    elif code not in given and code not in to_come:
        findings.append(f"{table}:{number}: {code} is given nowhere, and {to_come_file} does not say why")
common.finish(findings, len(listed))
