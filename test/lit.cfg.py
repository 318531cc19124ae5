# How lit runs the texts below test/: what counts as a test, which words its RUN lines may use.
# What this build is called and where it lies comes from lit.site.cfg.py.
import glob
import os
import shutil
import subprocess

import lit.formats

config.name = "dlc"
config.test_format = lit.formats.ShTest(False)
config.suffixes = [".dsl", ".ini", ".ir", ".program", ".test"]
config.excludes = ["Inputs", "Output", "unit", "lint", "bench", "faults", "fuzz", "install", "CMakeLists.txt"]
config.test_source_root = os.path.join(config.source_root, "test")

# %dlc: the program under test; %examples: dsl-examples/; %python: the interpreter that runs the lints.
config.substitutions.append(("%dlc", config.dlc))
config.substitutions.append(("%examples", os.path.join(config.source_root, "dsl-examples")))
config.substitutions.append(("%python", config.python))
config.environment["PATH"] = os.pathsep.join([config.llvm_tools_dir, os.environ.get("PATH", "")])

# lit itself keeps both cores busy; results do not depend on the number of threads, and a test may ask for more.
config.environment["DLC_THREADS"] = "1"
# A pass that leaves a graph or a program unsound ends the test, whichever command ran it.
config.environment["DLC_VERIFY_EACH"] = "1"
config.environment["PYTHONPATH"] = os.path.join(config.test_source_root, "Inputs")
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# REQUIRES: mnist, cats-dogs, long, browser, nginx, open-inference, avx2, avx512, bochs, aarch64, not-sanitized
data = os.environ.get("DLC_TEST_DATA", "")
config.substitutions.append(("%data", data))
config.available_features.update(name for name in ("mnist", "cats-dogs") if data and os.path.isdir(os.path.join(data, name)))
if os.environ.get("DLC_LONG_TESTS"):
    config.available_features.add("long")
    config.environment["DLC_LONG_TESTS"] = "1"
if all(shutil.which(tool) for tool in ("bochs", "grub-mkrescue", "busybox")) and glob.glob("/boot/vmlinuz-*cloud-amd64"):
    config.available_features.add("bochs")
if all(shutil.which(tool) for tool in ("aarch64-linux-gnu-g++", "qemu-aarch64")) and os.path.isdir("/usr/src/googletest"):
    config.available_features.add("aarch64")
# The page of dlc serve is tested in Chromium, by Node.js with playwright-core: as NODE_PATH says, or from node_modules.
config.environment.update((name, os.environ[name]) for name in ("NODE_PATH", "DLC_CHROMIUM", "HOME") if name in os.environ)
if (shutil.which("node") and (os.environ.get("DLC_CHROMIUM") or shutil.which("chromium")) and
        subprocess.run(["node", "-e", "require('playwright-core')"], cwd=config.source_root, capture_output=True,
                       check=False).returncode == 0):
    config.available_features.add("browser")
else:
    lit_config.note("the page of dlc serve is not tested: that takes chromium, nodejs and playwright-core (see CONTRIBUTING.md)")
# The OpenAPI file of the Open Inference Protocol is not part of the project; answers are held against it where it is.
protocol = os.environ.get("DLC_OPEN_INFERENCE", "")
config.substitutions.append(("%protocol", protocol))
if os.path.isfile(protocol) and subprocess.run([config.python, "-c", "import jsonschema, yaml"], capture_output=True,
                                               check=False).returncode == 0:
    config.available_features.add("open-inference")
if shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") and shutil.which("openssl"):
    config.available_features.add("nginx")
if config.sanitized != "ON":
    config.available_features.add("not-sanitized")
try:
    with open("/proc/cpuinfo") as file:
        flags = next((line for line in file if line.startswith("flags")), "").split()
    config.available_features.update(name for name, flag in (("avx2", "avx2"), ("avx512", "avx512f")) if flag in flags)
except OSError:
    pass
lit_config.maxIndividualTestTime = 3600 if "long" in config.available_features else 300
if not os.access(config.dlc, os.X_OK):
    lit_config.fatal("%s is not built" % config.dlc)
