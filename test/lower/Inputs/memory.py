"""The plan of ResNet-20's training step at batch 128, as it is made by itself and as --max-memory makes it.

memory.py DLC NET. Prints what each plan takes and what is alive at the worst moment, and holds them against the bounds: a
tenth and a half above what is alive; what PyTorch 1.13 was measured to take for the same step (the growth of its
resident memory over a step of one sample, 1 thread: 342.5 MB); and two thirds for the lean one.
"""
import re
import subprocess
import sys

dlc, net = sys.argv[1:]
PYTORCH = 342_523_904
LEAN = "infer,simplify,autodiff,simplify,cse,dce,expand,simplify,cse,dce,recompute,dce,lower,fuse,hoist,plan"


def plan(*flags):
    text = subprocess.run([dlc, "--emit-ir=planned", *flags, net], capture_output=True, text=True, check=True).stdout
    arena, peak = map(int, re.search(r"arena=(\d+) peak-live=(\d+)", text.split("\n", 1)[0]).groups())
    print(f"{' '.join(flags) or 'as it is'}: arena {arena:,} bytes, alive at once {peak:,}: {arena / peak:.3f}")
    return arena, peak, text


usual, usual_peak, usual_text = plan()
lean, lean_peak, _ = plan("--passes=" + LEAN)
wrong = []
if usual > 1.15 * usual_peak or lean > 1.15 * lean_peak:
    wrong.append("a plan is more than 1.15 times what is alive at once")
if usual >= PYTORCH:
    wrong.append("the plan is above PyTorch's measured peak")
if lean > 0.67 * usual:
    wrong.append("recomputing saves less than a third")
if len(re.findall(r"op=\"?(?:log_)?softmax|op=\"?cross_entropy", usual_text)) != 1:
    wrong.append("softmax is not computed exactly once")
print("\n".join(wrong) or "all bounds hold")
sys.exit(bool(wrong))
