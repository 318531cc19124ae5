"""ends_with.py CODE PROGRAM ARGUMENT...: runs a program and asks for its exit code.

What the program says passes through. Nothing else is looked at.
"""
import subprocess
import sys

code = subprocess.run(sys.argv[2:], check=False).returncode
if code != int(sys.argv[1]):
    print(f"ended with {code}, expected {sys.argv[1]}: {' '.join(sys.argv[2:])}", file=sys.stderr)
    sys.exit(1)
