"""names.py DLC SOURCE...: values have names of their own in every stage, and keep them: of two stages that have a name, the value has
the same type, but for parts of something ("relu1.constant"), which may be made anew. Nothing is numbered, and buffers are called as
the values that they hold."""
import re
import subprocess
import sys

GRAPHS, PROGRAMS = ("graph", "typed", "grad", "primitive"), ("program", "fused", "planned")
dlc, sources = sys.argv[1], sys.argv[2:]
parts = set()
assert len(sources) > 10, sources


def emit(stage, mode, source):
    return subprocess.run([dlc, f"--emit-ir={stage}", f"--mode={mode}", source], check=True, capture_output=True, text=True).stdout


def values(text):
    """The name and the type of each result."""
    found = {}
    for line in text.splitlines():
        match = re.match(r"  (%[^=]*) = (\w+)\(.*\) (?:\{.*\} )?: ([^/]*?) *(?://.*)?$", line)
        if match:
            names, types = match[1].split(", "), re.findall(r"\w+\[[^\]]*\]", match[3])
            parts.update(name for name in names if re.search(rf"\.{match[2]}(_\d+)?(#\d+)?$", name))
            assert len(names) == len(types), line
            for name, kind in zip(names, types):
                assert name not in found, f"{name} is defined twice"
                assert not re.match(r"%\d+(#|$)", name), line
                found[name] = kind
    return found


for source in sources:
    for mode in ("train", "infer"):
        known = {}
        for stage in GRAPHS:
            text = emit(stage, mode, source)
            for name, kind in values(text).items():
                assert known.setdefault(name, kind) == kind or name in parts, (source, stage, name, known[name], kind)
        names = {name[1:].replace("-", "_") for name in known}
        for stage in PROGRAMS:
            for name in re.findall(r"^  buffer (\S+)", emit(stage, mode, source), re.M):
                own = re.sub(r"(#|\.)\d+$", "", re.sub(r"\.(broadcast|panels|strips|parts|old)(\.\d+)?$", "", name))
                assert name in names or own in names, (source, stage, name)
