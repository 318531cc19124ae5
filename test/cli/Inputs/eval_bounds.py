"""Asks for each metric of classes in each of its spellings, below and above what it is.

eval_bounds.py DLC MODEL MODEL DATA. The second model's source names TopK(2), the first one's does not.
"""
import json
import subprocess
import sys

dlc, *models, data = sys.argv[1:]
failed = 0


def run(*arguments):
    return subprocess.run([dlc, *arguments], capture_output=True, text=True, check=False)


def expect(code, *arguments, says=""):
    global failed
    done = run(*arguments)
    if done.returncode != code or says not in done.stderr:
        failed += 1
        print(f"FAILED {arguments}: ended with {done.returncode}: {done.stderr[:300]}")


# How often the right class is among the K most probable ones, counted from the predictions.
rows = [json.loads(line) for line in run("infer", models[0], data, "--json", "--top=3").stdout.splitlines()]
with open(data) as file:
    truth = [line.strip().split(",")[-1] for line in file if line[0].isdigit()]
assert len(rows) == len(truth) > 10
for row in rows:
    order = sorted(range(len(row["p"])), key=lambda i: (-row["p"][i], i))
    if [entry["p"] for entry in row["top"]] != [row["p"][i] for i in order] or row["top"][0]["class"] != row["class"]:
        failed += 1
        print("FAILED --top in JSON:", row)
among = {k: sum(t in [e["class"] for e in row["top"][:k]] for t, row in zip(truth, rows)) / len(rows) for k in (1, 2, 3)}
assert among[1] < 1 and among[3] == 1, among
spellings = {k: [f"TopK({k})", f"topk({k})", f"TopK(k={k})", f"TopK( k = {k} )", f"top{k}", f"Top{k}", f"topk{k}"] for k in among}
spellings[3] += ["TopK"] # TopK(5), of three classes
for model in models:
    for k, value in among.items():
        for spelling in spellings[k]:
            if (model, spelling) == (models[1], "TopK"):
                continue # it is the TopK(2) that this source names
            expect(0, "eval", model, data, "--min", f"{spelling}={value - 1e-6}", "--max", f"{spelling}={value + 1e-6}")
            expect(1, "eval", model, data, "--max", f"{spelling}={value - 1e-6}", says=f"{spelling} is ")
    for bounds in (["--min=TopK(1)=0", "--min=TopK(2)=0", "--min=F1=0", "--max=Loss=1e9", "--min=auc=0", "--min=Recall=10%"],):
        expect(0, "eval", model, data, *bounds)
    for wrong in ("TopK(0)", "TopK(x)", "TopK(", "top", "MAE", "nothing", "TopK(2"):
        expect(2, "eval", model, data, f"--min={wrong}=0.1", says=f"no metric '{wrong}' for this net: Loss, Accuracy, TopK(2),")
value = among[2]
expect(0, "eval", models[1], data, f"--min=TopK={value - 1e-6}", f"--max=TopK={value + 1e-6}")

# What --top cannot have an effect on is refused.
for words in (["--probs"], ["--format=npy"]):
    expect(2, "infer", models[0], data, "--top=2", *words, says=f"--top and {words[0]} contradict each other")
expect(2, "infer", models[0], data, "--json", "--format=csv", says="--json and --format=csv contradict each other")
expect(0, "infer", models[0], data, "--json", "--format=json", "--top=2")
print(f"{failed} failed")
sys.exit(1 if failed else 0)
