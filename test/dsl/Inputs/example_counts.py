"""Holds the number of parameters that `dlc show` prints for every example net against what is known of it.

The counts of LeNet-5 and ResNet-20 (projection shortcuts) are the published ones. A file that is not in the table is a
finding, and so is a row without a file.
"""
import json
import os
import subprocess
import sys

KNOWN = {
    "autoencoder.dsl": 419120,
    "cat_dog.dsl": 4287809,
    "digits.dsl": 17226,
    "digits_cnn.dsl": 24058,
    "iris.dsl": 403,
    "layer_list.dsl": 50890,
    "lenet5.dsl": 61706,
    "mnist.ini": 101770,
    "mnist_f64.dsl": 25450,
    "mnist_mlp.dsl": 242762,
    "mobilenet.dsl": 415394,
    "resnet20.dsl": 272474,
    "tiny_gpt.dsl": 466241,
    "xor.dsl": 17,
    "xor.ini": 17,
}

dlc, folder = sys.argv[1:]
files = {name for name in os.listdir(folder) if name.endswith((".dsl", ".ini"))}
findings = [f"{name}: not in the table of test/dsl/Inputs/example_counts.py" for name in sorted(files - KNOWN.keys())]
findings += [f"{name}: in the table, but there is no such file" for name in sorted(KNOWN.keys() - files)]
for name in sorted(files & KNOWN.keys()):
    # The memory that training takes is not asked for here: one sample is enough.
    run = subprocess.run([dlc, "show", "--json", "--set", "train.batch_size=2", os.path.join(folder, name)],
                         capture_output=True, text=True)
    if run.returncode:
        findings.append(f"{name}: exit code {run.returncode}\n{run.stderr}")
        continue
    found = json.loads(run.stdout.splitlines()[-1])["params"]
    print(f"{name:18} {found:>10,}")
    if found != KNOWN[name]:
        findings.append(f"{name}: {found} parameters, {KNOWN[name]} are known")
print("\n".join(findings))
sys.exit(bool(findings))
