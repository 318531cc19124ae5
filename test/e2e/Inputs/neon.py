"""neon.py FOLDER: builds unit_kernels for aarch64 in the folder and runs it under QEMU. It says nothing of how fast they are."""
import pathlib
import re
import subprocess
import sys

build = sys.argv[1]
source = pathlib.Path(__file__).resolve().parents[2] / "unit/kernels/cross"
subprocess.run(["cmake", "-G", "Ninja", "-S", str(source), "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_SYSTEM_NAME=Linux",
                "-DCMAKE_SYSTEM_PROCESSOR=aarch64", "-DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++"], check=True)
subprocess.run(["ninja", "-C", build], check=True)
run = subprocess.run(["qemu-aarch64", f"{build}/unit_kernels"], capture_output=True, text=True, check=False)
print(run.stdout[-20000:], run.stderr[-2000:])
passed = re.search(r"\[  PASSED  \] (\d+) tests", run.stdout)
sys.exit(run.returncode or not passed or int(passed[1]) == 0)
