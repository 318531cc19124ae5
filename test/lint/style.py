"""The sources are as clang-format writes them: the project's .clang-format, version 19.

It is skipped, and says so, where that program is not installed; tools/lint --fix installs it and repairs what this finds.
"""
import subprocess
import sys

import common

program = sys.argv[2] if len(sys.argv) > 2 else "clang-format-19"
if program.endswith("-NOTFOUND"):
    print("skipped: clang-format-19 is not installed")
    sys.exit(77)
sources = common.files(".cpp", ".h", ".inc", under=("include", "lib", "tools", "test"))
run = subprocess.run([program, "--dry-run", "--Werror", *sources], cwd=common.root(), capture_output=True, text=True,
                     check=False)
findings = [line for line in run.stderr.splitlines() if ": error:" in line]
if run.returncode and not findings:
    findings.append(run.stderr.strip())
common.finish(findings, len(sources))
