"""Kernel objects share nothing: one exported symbol each (their table), none weak, nothing needed but libm and memcpy's kin.
A shared inline function built for AVX-512 could otherwise become the copy that everybody calls; also holds their #includes."""
import pathlib
import platform
import re
import subprocess
import sys

ALLOWED_NEEDS = {"memcpy", "memset", "memmove", "fma", "fmaf", "_GLOBAL_OFFSET_TABLE_"}
ALLOWED_INCLUDES = {"arm_neon.h", "cpuid.h", "immintrin.h", "stddef.h", "stdint.h"}


def isas_of_this_machine(folder):
    rows = {row.stem[len("isa_"):]: row.read_text() for row in folder.glob("isa_*.cpp")}
    return {name for name, text in rows.items() if re.search(rf"^// Built for (any processor|{platform.machine()})\b", text, re.M)}


def symbol_trouble(archive, isas):
    text = subprocess.run(["nm", "-C", archive], check=True, capture_output=True, text=True).stdout
    if "__asan" in text:
        print(f"{archive}: built with a sanitizer, whose own symbols are everywhere; not checked")
        return []
    trouble, tables = [], set()
    for member in re.split(r"\n(?=\S+\.o:\n)", text):
        name, _, symbols = member.strip().partition("\n")
        if not name.startswith("table.cpp"):
            continue
        exported = []
        for line in symbols.splitlines():
            match = re.match(r"[0-9a-f ]{16} (\S) (.*)", line)
            if not match:
                continue
            kind, symbol = match.groups()
            if kind in "WwVvu":
                trouble.append(f"{archive}({name}): weak symbol {symbol}")
            elif kind == "U" and symbol.partition("@")[0] not in ALLOWED_NEEDS:
                trouble.append(f"{archive}({name}): needs {symbol}")
            elif kind.isupper() and kind != "U":
                exported.append(symbol)
        if len(exported) != 1 or not (found := re.fullmatch(r"dlc::kernels::(\w+)::table", exported[0])):
            trouble.append(f"{archive}({name}): exports {', '.join(exported) or 'nothing'}, not just its table")
        else:
            tables.add(found.group(1))
    if tables != isas:
        trouble.append(f"{archive}: has the tables {sorted(tables)}, not {sorted(isas)}")
    return trouble


def include_trouble(folder):
    files = sorted(folder.iterdir())
    names = {f.name for f in files}
    trouble = []
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if match and not match.group(1).startswith("dlc/kernels/") and match.group(1) not in ALLOWED_INCLUDES | names:
                trouble.append(f"{file}:{number}: kernels may not include {match.group(1)}")
    return trouble


def main():
    source, archives = pathlib.Path(sys.argv[1]), sys.argv[2:]
    trouble = include_trouble(source / "lib/kernels/isa") + include_trouble(source / "include/dlc/kernels")
    for archive in archives:
        trouble += symbol_trouble(archive, isas_of_this_machine(source / "lib/kernels/isa"))
    print("\n".join(trouble), end="\n" if trouble else "")
    return 1 if trouble else 0


sys.exit(main())
