"""Prints every example at every stage, in every mode, reads the text back and prints it again: both must be the same.

round_trip.py DLC EXAMPLES FOLDER.
"""
import glob
import os
import subprocess
import sys

dlc, examples, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
failed = looked_at = 0
for example in sorted(glob.glob(os.path.join(examples, "*.dsl")) + glob.glob(os.path.join(examples, "*.ini"))):
    for mode in ("train", "evaluate", "infer"):
        for stage in ("graph", "typed", "grad", "primitive", "program", "fused", "planned"):
            first = subprocess.run([dlc, f"--emit-ir={stage}", f"--mode={mode}", example], capture_output=True, text=True, check=False)
            what = f"{os.path.basename(example)} {mode} {stage}"
            if first.returncode or not first.stdout:
                print(f"FAILED {what}: ended with {first.returncode}\n{first.stderr[:1000]}")
                failed += 1
                continue
            name = os.path.join(folder, "net.program" if stage in ("program", "fused", "planned") else "net.ir")
            with open(name, "w") as file:
                file.write(first.stdout)
            # Read back, and print at the same stage; no pass may find anything left to do.
            again = subprocess.run([dlc, "opt", name, "--passes="], capture_output=True, text=True, check=False)
            looked_at += 1
            if again.returncode or again.stdout != first.stdout:
                print(f"FAILED {what}: reading back ended with {again.returncode}\n{again.stderr[:1000]}")
                for a, b in zip(first.stdout.splitlines(), again.stdout.splitlines()):
                    if a != b:
                        print(f"  {a}\n  {b}")
                        break
                failed += 1
print(f"{looked_at} texts read back, {failed} failed")
sys.exit(1 if failed or not looked_at else 0)
