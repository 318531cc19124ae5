"""in_canonical_form.py DLC EXAMPLES: every example is canonical already or of an older form, and then formatting it makes it so.

That its meaning stays is not asked here. test/unit/dsl/format_test.cpp does.
"""
import glob
import os
import subprocess
import sys

dlc, examples = sys.argv[1:]
failed, older = 0, 0
for source in sorted(glob.glob(os.path.join(examples, "**", "*.dsl"), recursive=True) + glob.glob(os.path.join(examples, "*.ini"))):
    with open(source, encoding="utf-8") as file:
        text = file.read()
    once = subprocess.run([dlc, "fmt", "-o", "-", source], capture_output=True, text=True, check=True).stdout
    twice = subprocess.run([dlc, "fmt", "-"], input=once, capture_output=True, text=True, check=True).stdout
    classic = any(word in text for word in ("layer=", "input_dim", "hidden_size", "[training]", "[optimizer]"))
    older += classic
    if once != twice or (once != text) != classic:
        failed += 1
        print(f"{source}: {'settles' if once == twice else 'does not settle'}, classic: {classic}, changed: {once != text}\n{once}")
print(f"{failed} failed, {older} of older forms")
sys.exit(1 if failed or not older else 0)
