"""Boots Linux on an emulated processor with AVX-512 and trains small nets there on every instruction set.

emulated_avx512.py DLC FOLDER. It shows that the bits are right, not how fast they come: an emulated second is minutes long.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import time

from scratch import Scratch, noise, table

dlc, folder = sys.argv[1:]
shutil.rmtree(folder, ignore_errors=True)
root = os.path.join(folder, "root")
for name in ("bin", "proc", "dev", "out"):
    os.makedirs(os.path.join(root, name))

HEAD = "[data]\ntrain = Csv(\"train.csv\")\nprepare = Normalize\n[train]\nloss = CrossEntropy\nepochs = 1\nbatch_size = 29\nseed = 7\n"
NETS = {
    "mlp": "input = 19\noutput = input -> Linear(37) -> ReLU -> Dropout(0.3) -> Linear(23) -> Tanh -> Linear(5)\n",
    "cnn": "input = 19\noutput = input -> Reshape(1x19x1) -> Conv2d(5, 3x1, padding=1x0) -> BatchNorm -> ReLU -> MaxPool2d(2x1)\n"
           "  -> Conv2d(7, 3x1) -> GELU -> Flatten -> LayerNorm -> Linear(5)\n",
}
nets = Scratch(dlc, os.path.join(root, "nets"))
for name, model in NETS.items():
    nets.write(name + ".dsl", "[model]\n" + model + HEAD)
nets.write("train.csv", table(noise(127, 19, 5)))

subprocess.run(["strip", "-o", os.path.join(root, "bin", "dlc"), dlc], check=True)
for library in set(re.findall(r"(/\S+)", subprocess.run(["ldd", dlc], capture_output=True, text=True, check=True).stdout)):
    os.makedirs(root + os.path.dirname(library), exist_ok=True)
    shutil.copy(library, root + library)
shutil.copy("/bin/busybox", os.path.join(root, "bin", "busybox"))
with open(os.path.join(root, "init"), "w") as file:
    file.write("""#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/bin
cd /nets
grep -q avx512f /proc/cpuinfo && echo "has avx512"
for net in mlp cnn; do for dtype in f32 f64; do for isa in reference scalar avx2 avx512; do
  dlc train $net.dsl -o /out/$isa.model --isa=$isa --dtype=$dtype --threads=1 -q && echo "got $net $dtype $isa $(md5sum < /out/$isa.model)"
  rm -f /out/$isa.model
done; done; done
echo "the end"
sleep 2
poweroff -f
""")
os.chmod(os.path.join(root, "init"), 0o755)

iso = os.path.join(folder, "iso")
os.makedirs(os.path.join(iso, "boot", "grub"))
subprocess.run(f"cd {root} && find . | cpio -o -H newc --quiet | gzip -1 > ../iso/initrd.gz", shell=True, check=True)
shutil.copy(sorted(glob.glob("/boot/vmlinuz-*cloud-amd64"))[-1], os.path.join(iso, "vmlinuz"))
with open(os.path.join(iso, "boot", "grub", "grub.cfg"), "w") as file:
    # This Bochs counts the compacted state area without its compaction; Linux then distrusts XSAVE altogether, so it is told to use the plain one.
    file.write("set timeout=0\nmenuentry dlc {\n linux /vmlinuz console=ttyS0 quiet mitigations=off clearcpuid=xsavec,xsaves noxsaves\n"
               " initrd /initrd.gz\n}\n")
subprocess.run(["grub-mkrescue", "-o", os.path.join(folder, "boot.iso"), iso], check=True, capture_output=True)
serial = os.path.join(folder, "serial.txt")
with open(os.path.join(folder, "bochsrc"), "w") as file:
    file.write(f"""megs: 512
cpu: model=corei7_skylake_x, count=1, ips=200000000, reset_on_triple_fault=0
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0: enabled=1
ata0-master: type=cdrom, path={folder}/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={serial}
clock: sync=none
display_library: term
log: {folder}/bochs.log
panic: action=fatal
error: action=report
""")
with open(os.path.join(folder, "go"), "w") as file:
    file.write("c\n")  # Debian's Bochs starts in its debugger
bochs = subprocess.Popen(["script", "-qc", f"bochs -q -f {folder}/bochsrc -rc {folder}/go", "/dev/null"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
told = ""
deadline = time.time() + 290
while "the end" not in told and time.time() < deadline and bochs.poll() is None:
    time.sleep(1)
    if os.path.exists(serial):
        with open(serial, errors="replace") as file:
            told = file.read()
bochs.kill()
subprocess.run(["pkill", "-KILL", "-f", f"{folder}/bochsrc"], check=False)

want, failed = {}, "has avx512" not in told
results = re.findall(r"got (\S+) (\S+) (\S+) ([0-9a-f]{32})", told)
for net, dtype, isa, digest in results:
    same = want.setdefault((net, dtype), digest) == digest
    failed |= not same
    print(f"{net} {dtype} {isa:9} {digest}{'' if same else '  DIFFERS'}")
print(f"{len(results)} of 16 model files")
if failed or len(results) != 16:
    sys.exit(told[-2000:])
