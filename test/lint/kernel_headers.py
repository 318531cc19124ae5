"""Every header of the kernels can be opened alone: it names what it uses. The second argument is the compiler."""
import pathlib
import subprocess
import sys

import common

compiler, findings = sys.argv[2], []
headers = sorted(pathlib.Path(common.root()).glob("lib/kernels/isa/*-inl.h"))
for header in headers:
    run = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", f"-I{common.root()}/include", "-x", "c++", "-"],
                         input=f'#include "{header}"\n', capture_output=True, text=True, check=False)
    if run.returncode:
        findings.append(f"{header}:1: cannot be opened alone: {run.stderr[:300]}")
common.finish(findings, len(headers))
