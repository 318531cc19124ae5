"""ir_page.py DLC EXAMPLES FOLDER: holds docs/ir.md true.

Its examples print as they stand, the program is the graph's own inference, and every family, attribute and micro-operation that the
shipped examples use stands on the page or in `dlc kernels`.
"""
import glob
import os
import re
import subprocess
import sys

dlc, examples, folder = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3]
with open(os.path.join(examples, "../docs/ir.md")) as file:
    page = file.read()


def run(*arguments):
    return subprocess.run([dlc, *arguments], check=True, capture_output=True, text=True, cwd=folder).stdout


def block(kind):
    found = re.findall(rf"^```{kind}\n(.*?)^```$", page, re.M | re.S)
    assert len(found) == 1, f"{len(found)} blocks of {kind}"
    return found[0]


os.makedirs(folder, exist_ok=True)
graph, program = block("ir"), block("program")
for name, text in (("page.ir", graph), ("page.program", program)):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)
assert run("--emit-ir=graph", "page.ir") == graph, run("--emit-ir=graph", "page.ir")
assert run("--emit-ir=planned", "page.program") == program, run("--emit-ir=planned", "page.program")

# The program on the page is the graph on the page without its training, in the default pipeline of inference.
made = re.sub(r"  //[^\n]*", "", run("--emit-ir=planned", "--mode=infer", "--isa=scalar", "page.ir"))
assert made == program, made
lines = graph.splitlines(keepends=True)
forward = "".join(line for line in lines if not re.search(r"%(target|loss|lr)\b", line))
scored = "".join(line for line in lines if not re.search(r"%lr\b", line))
for mode, rest in (("infer", forward), ("evaluate", scored), ("train", graph)):
    assert run("--emit-ir=graph", f"--mode={mode}", "page.ir") == rest, mode
    for stage in ("program", "fused", "planned", "all"):
        assert "buffer y output" in run(f"--emit-ir={stage}", f"--mode={mode}", "page.ir"), (mode, stage)

table = {family: set(re.findall(r"`(\w+)`", attributes))
         for family, attributes in re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|", page, re.M)}
kernels = run("kernels")
families = set(re.findall(r"^(\w+) +[^\n]*\n(?: {11}[^\n]*\n)*? {11}reads", kernels, re.M))
assert families == set(table), families ^ set(table)

seen, unused = set(), {(family, attribute) for family, attributes in table.items() for attribute in attributes}
for path in sorted(glob.glob(os.path.join(examples, "*.dsl"))):
    for mode in ("train", "infer"):
        text = run("--emit-ir=planned", f"--mode={mode}", *(f"--set=data.{key}=none" for key in ("train", "test", "val")), path)
        for family, attributes in re.findall(r"^ +\d+: (\w+) [^\n]*? <-[^{\n]*\{([^}]*)\}", text, re.M):
            for attribute in re.findall(r"(\w+)=", attributes):
                assert attribute in table[family], f"{family} has an attribute '{attribute}' that is not on the page"
                unused.discard((family, attribute))
                seen.add(attribute)
        for line in re.findall(r" do \(.*?\) \{(.*?)\}", text):
            for operation in re.findall(r"= (\w+)\(", line):
                assert re.search(rf"\b{operation}\b", kernels + page), f"'{operation}' is not said anywhere"
assert len(seen) > 20, seen
print("ok", sorted(unused))
