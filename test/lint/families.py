"""No instruction's family is compared with a certain one outside that family's file. What others need to know, InstrDef says."""
import os
import re

import common

findings, names = [], common.files(".h", ".cpp", under=("lib", "include"))
for name in names:
    for number, line in enumerate(common.read(name).splitlines(), 1):
        match = re.search(r"[!=]=\s*&(\w+)Instr\b|&(\w+)Instr\s*[!=]=", line)
        if not match:
            continue
        family = re.sub(r"([A-Z])", r"_\1", match[1] or match[2]).lower()
        if os.path.basename(name) != f"instr_{family}.cpp":
            findings.append(f"{name}:{number}: asks for the family {family}; let InstrDef say what you need to know")
common.finish(findings, len(names))
