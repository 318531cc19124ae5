"""Generated pages and grammars equal what the tool prints today: parts of docs/*.md, the files of editors/.

The second argument is the program. A page says in its first lines which command made it; nothing else is looked at.
"""
import difflib
import os
import re
import subprocess
import sys

import common

program, findings, looked_at = sys.argv[2], [], 0
for name in common.files(".md", under=("docs",)):
    text = common.read(name)
    # <!-- generated: dlc ops --markdown --> makes the rest of the page, or up to <!-- end -->, the output of that command.
    for match in re.finditer(r"<!-- generated: dlc ([^\n]*?) -->\n(.*?)(?=<!-- end -->|\Z)", text, re.S):
        looked_at += 1
        made = subprocess.run([program] + match[1].split(), cwd=common.root(), capture_output=True, text=True, check=False,
                              env=dict(os.environ, NO_COLOR="1"))
        line = text.count("\n", 0, match.start()) + 1
        if made.returncode:
            findings.append(f"{name}:{line}: dlc {match[1]} ends with {made.returncode}: {made.stderr.strip()[:300]}")
        elif made.stdout.strip() not in (match[2].strip(), re.sub(r"^```\w*\n|\n```$", "", match[2].strip())):
            diff = difflib.unified_diff(match[2].strip().splitlines(), made.stdout.strip().splitlines(), name,
                                        "dlc " + match[1], lineterm="", n=1)
            findings.append(f"{name}:{line}: is not what dlc {match[1]} prints; `tools/make-docs` writes it anew\n"
                            + "\n".join(list(diff)[:30]))
for name, command in (("editors/vim/syntax/dlc.vim", "generate vim"),
                      ("editors/vscode/syntaxes/dlc.tmLanguage.json", "generate textmate")):
    looked_at += 1
    made = subprocess.run([program] + command.split(), capture_output=True, text=True, check=True).stdout
    if made != common.read(name):
        findings.append(f"{name}: is not what dlc {command} prints; `tools/make-docs` writes it anew")
common.finish(findings, looked_at)
