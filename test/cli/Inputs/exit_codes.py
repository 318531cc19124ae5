"""Runs the program in every way that must fail, and compares exit codes, messages and what lies in the folder afterwards.

exit_codes.py DLC EXAMPLES FOLDER. A death by signal, an output file or a temporary left behind is a failure of the test.
"""
import os
import subprocess
import sys

dlc, examples, folder = sys.argv[1:]
failed = 0


def write(name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def expect(code, *arguments, says):
    """`says`: words that stderr must hold."""
    global failed
    before = sorted(os.listdir(folder))
    done = subprocess.run([dlc, *arguments], cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    err, trouble = done.stderr.decode(errors="replace"), []
    if done.returncode != code:
        trouble.append(f"ended with {done.returncode}, expected {code}")
    trouble += [f"does not say '{word}'" for word in says if word not in err]
    if sorted(os.listdir(folder)) != before:
        trouble.append(f"left files: {set(os.listdir(folder)) ^ set(before)}")
    if len(err) > 64 << 10:
        trouble.append("says too much")
    print(("FAILED " if trouble else "ok     ") + " ".join(arguments)[:100])
    for line in trouble:
        print("    " + line)
    if trouble:
        print("    " + "\n    ".join(err.splitlines()[:8]))
        failed += 1


net = "[model]\ninput = 2\noutput = input -> Linear(3) -> ReLU -> Linear(2)\n[train]\nloss = CrossEntropy\nepochs = 1\n"
data = '[data]\ntrain = Csv("%s")\n'
write("good.csv", "0,1,0\n1,0,1\n0.5,0.5,0\n1,1,1\n")
write("good.dsl", net + data % "good.csv")
write("bare.dsl", net)
write("samples.csv", "0,1\n1,0\n")
write("labels.csv", "0\n1\n")

# 2: the command line
expect(2, "trian", "good.dsl", says=["train"])
expect(2, "train", "good.dsl", "--epoch-count=3", says=["epoch-count"])
expect(2, "train", "bare.dsl", "samples.csv", "labels.csv", says=["train takes 1, 2 or 4 files, got 3"])
expect(2, "train", says=["train"])
expect(2, "train", "good.dsl", "--epochs=many", says=["epochs"])
expect(2, "train", "good.dsl", "--isa=altivec", says=["altivec"])

# 3: the source
expect(3, "train", "E101.dsl" if not write("E101.dsl", "[model]\ninput = \x01\n") else "", says=["E101", "E101.dsl:2"])
for code, text, words in [
        ("E110", "[model\ninput = 2\n", ["E110"]),
        ("E213", "[model]\ninput = 2\n", ["E213"]),
        ("E232", "[model]\ninput_dim=784\nlayer=Linear,784,64\nlayer=Linear,128,10\n", ["E232", "128", "64", ":4:"]),
        ("E231", "[model]\ninput = 8x15x15\noutput = input -> Linear(10)\n", ["E231", "Flatten"]),
        ("E250", "[model]\ninput = 2\noutput = input -> Linaer(10)\n", ["E250", "Linear", "^"]),
        ("E251", "[model]\ninput = 2\noutput = input -> Linear(10, biass=false)\n", ["E251", "bias"]),
        ("E260", net + "learning_rat = 0.1\n", ["E260", "did you mean"]),
        ("E261", net + "epochs = 2\n", ["E261"]),
        ("E262", net + "steps = 7\n", ["E262"]),
        ("E206", net + "lr = -1\n", ["E206"]),
        ("E203", "[model]\ninput = 2\noutput = input -> Linear(2.5)\n", ["E203"]),
        ("E221", "[model]\ninput = 2\noutput = inputs -> Linear(2)\n", ["E221", "input"]),
        ("E104", "[model]\ninput = 2\noutput = input -> Linear(2\n", ["E104"])]:
    write(f"{code}.dsl", text)
    expect(3, "train", f"{code}.dsl", "-o", "never.model", says=words + [f"{code}.dsl:"])
expect(3, "train", "good.dsl", "--set", "train.epochz=3", "-o", "never.model", says=["E260", "epochs"])

# 4: the data
for name, text, words in [
        ("missing", None, ["missing.csv"]),
        ("empty", "", ["empty.csv"]),
        ("word", "0,1,0\n1,zero,1\n", ["word.csv:2:3", "zero"]),
        ("hole", "0,1,0\n1,,1\n", ["hole.csv:2:3"]),
        ("ragged", "0,1,0\n1,0\n", ["ragged.csv:2"]),
        ("wide", "0,1,2,0\n1,0,2,1\n", ["E305"]),
        ("label", "0,1,0\n1,0,7\n", ["7"])]:
    if text is not None:
        write(name + ".csv", text)
    write(name + ".dsl", net + data % (name + ".csv"))
    expect(4, "train", name + ".dsl", "-o", "never.model", says=words)
write("short.idx", b"\0\0\x08\x03\0\0\0\x05\0\0\0\x02\0\0\0\x01abc")
write("short_labels.idx", b"\0\0\x08\x01\0\0\0\x05\0\1\0\1\0")
write("short.dsl", net + '[data]\ntrain = Idx("short.idx", "short_labels.idx")\n')
expect(4, "train", "short.dsl", "-o", "never.model", says=["short.idx"])

# 5: the model
subprocess.run([dlc, "train", "good.dsl", "-o", "good.model"], cwd=folder, check=True, capture_output=True)
with open(os.path.join(folder, "good.model"), "rb") as file:
    model = file.read()
write("cut.model", model[:40])
write("cut2.model", model[:-9])
write("flipped.model", model[:60] + bytes([model[60] ^ 1]) + model[61:])
write("other.model", b"PK\3\4 this is no model at all")
for name in ("cut", "cut2", "flipped", "other"):
    expect(5, "infer", name + ".model", "samples.csv", says=[name + ".model"])
expect(5, "infer", "wide_net.dsl" if not write("wide_net.dsl", net.replace("Linear(3)", "Linear(4)")) else "", "good.model",
       "samples.csv", says=["E402", "\n  linear1.weight", "\n  linear1.bias"])

# A checkpoint is called one, and what is wrong with it has a place.
subprocess.run([dlc, "train", "good.dsl", "-o", "good.model", "--checkpoint=good.ckpt"], cwd=folder, check=True,
               capture_output=True)
with open(os.path.join(folder, "good.ckpt"), "rb") as file:
    checkpoint = file.read()
for name, content, words in [
        ("empty", b"", ["E401", "so it is not a checkpoint", "--checkpoint"]),
        ("table", b"0,1,0\n1,0,1\n", ["E401", "not a checkpoint", "--checkpoint"]),
        ("start", checkpoint[:3], ["E404", "the checkpoint ends at byte 3"]),
        ("cut", checkpoint[:200], ["E404", "the checkpoint ends at byte 200"]),
        ("end", checkpoint[:-1], ["E404", f"the checkpoint ends at byte {len(checkpoint) - 1}"]),
        ("more", checkpoint + b"xyz", ["E405", "3 unknown bytes", f"at byte {len(checkpoint)}"]),
        ("flipped", checkpoint[:-20] + bytes([checkpoint[-20] ^ 1]) + checkpoint[-19:],
         ["E405", f"at byte {len(checkpoint) - 8}", "the checkpoint was changed"]),
        ("model", model, ["E401", "not a checkpoint, but a model file", "--weights"])]:
    write(name + ".ckpt", content)
    expect(5, "train", "good.dsl", f"--resume={name}.ckpt", "-o", "never.model", says=words + [name + ".ckpt: error["])
expect(5, "train", "good.dsl", "--weights=good.ckpt", "-o", "never.model",
       says=["good.ckpt: error[E401]: not a model file, but a checkpoint", "--resume=good.ckpt"])

# 7: the system
expect(7, "train", "good.dsl", "-o", "no/such/folder/net.model", says=["no/such/folder"])
expect(7, "train", "nosuch.dsl", "-o", "never.model", says=["nosuch.dsl"])
os.mkdir(os.path.join(folder, "a_folder"))
expect(7, "train", "good.dsl", "-o", "a_folder", says=["a_folder"])
if os.path.exists("/dev/full"):
    with open("/dev/full", "w") as full:
        done = subprocess.run([dlc, "ops"], stdout=full, stderr=subprocess.PIPE, check=False)
    if done.returncode != 7:
        print(f"FAILED a full disk: ended with {done.returncode}")
        failed += 1
print(f"{failed} failed")
sys.exit(1 if failed else 0)
