"""Holds the table of docs/life-of-a-layer.md: at most 20 files lead from a line of source to the machine instruction.

Every file and function that it names must exist, and each function must be named in a file above it, or in lib/session, where
everything begins: the chain is whole.
"""
import re

import common

PAGE, MOST = "docs/life-of-a-layer.md", 20
row = re.compile(r"^\| \[([\w./-]+)\]\(\.\./([\w./-]+)\) \| `([\w:]+)` \|", re.M)
page = common.read(PAGE)
chain = [(page.count("\n", 0, match.start()) + 1, *match.groups()) for match in row.finditer(page)]
findings, above = [], "".join(common.read(name) for name in common.files(".cpp", under=("lib/session",)))
project = set(common.files())
for line, shown, linked, function in chain:
    name = function.rsplit("::", 1)[-1]
    if shown != linked or linked not in project:
        findings.append(f"{PAGE}:{line}:1: there is no file {linked}, or it is shown as {shown}")
        continue
    text = re.sub(r"//[^\n]*", "", common.read(linked))
    # A definition is followed by a body, or by = where it is a member of a table.
    if not re.search(rf"\b{re.escape(function)}\s*(?:\([^;{{}}]*\)[^;{{}}()]*{{|=)", text):
        findings.append(f"{PAGE}:{line}:1: {linked} does not define {function}")
    if not re.search(rf"\b{name}\b", above):
        findings.append(f"{PAGE}:{line}:1: nothing above calls {function}: the chain is broken")
    above += text
if len({linked for _, _, linked, _ in chain}) > MOST:
    findings.append(f"{PAGE}:1:1: the way leads through more than {MOST} files")
if chain and not re.search(r"\b_mm512_fmadd_ps\b", common.read(chain[-1][2])):
    findings.append(f"{PAGE}:1:1: the way does not end at the machine instruction")
common.finish(findings, len(chain))
