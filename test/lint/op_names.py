"""Holds that no code tells ops apart by their names: what sets one apart, its definition says (the traits of OpDef).

Names are for people and for the text form, which prints them and looks them up. There are no exceptions.
"""
import re

import common

name = r"(?:(?:\b(?:[oO]p|[dD]ef|[lL]oss|[oO]ptimizer|[lL]ayer)\w*|\bdef\(\))(?:\.|->)name(?:\(\))?|\bname\(\))"
compared = [
    rf"{name}\s*[!=]=\s*\"", rf"\"\s*[!=]=\s*[\w.\->()\[\]]*{name}", rf"{name}\s*[!=]=\s*[\w.\->()\[\] ]*{name}",
    rf"{name}\s*\.\s*(?:starts_with|ends_with|equals\w*|contains|compare\w*|find\w*)\(\s*\"",
    rf"StringSwitch<[^;]*?>\([^;()]*{name}", rf"is_contained\((?:[^;()]|\(\))*{name}\)",
    r"[!=]=\s*[\w.\->()]*\bfind\(\"", r"\bfind\(\"\w+\"\)\s*[!=]=",
    r"\bdef\(\)\s*[!=]=\s*&(?![^;&|,]*\bdef\(\))",  # two ops of one kind are no matter of names
]
kept = re.compile(rf"\b(\w+)\s*=\s*[\w.\->()\[\]]*{name}\s*;")  # in a variable first
findings = []
files = common.files(".cpp", ".h", ".inc", ".def", under=("lib", "include", "tools"))
for file in files:
    text = re.sub(r"//[^\n]*", "", common.read(file))
    patterns = compared + [rf"\b{variable}\s*[!=]=\s*\"" for variable in set(kept.findall(text))]
    for match in re.finditer("|".join(patterns), text):
        line = text.count("\n", 0, match.start()) + 1
        findings.append(f"{file}:{line}:1: ops are told apart by their traits, not by name: {match[0].strip()}")
common.finish(findings, len(files))
