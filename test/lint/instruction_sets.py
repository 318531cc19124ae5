"""The dictionary of a fuzzer and the grammar of Programs list the instruction sets by hand. All that have a row must be there."""
import re

import common

rows = {match[1] for name in common.files(".cpp") if (match := re.fullmatch(r"lib/kernels/isa/isa_(\w+)\.cpp", name))}
findings = []
for name, lists in (("test/fuzz/ir.dict", r'^("[^"]*")$'), ("docs/ir.md", r'"isa=" \(([^)]*)\)')):
    words = re.findall(r'"(\w+)"', " ".join(re.findall(lists, common.read(name), re.M)))
    for row in sorted(rows - set(words)):
        findings.append(f"{name}:1: does not know the instruction set {row}")
common.finish(findings, len(rows))
