"""Holds every #include against the folders that dlc_library(<folder> DEPS ...) names, and foreign headers against their homes.

One include root cannot be policed by CMake alone; a folder may use what it names and what those publish in turn. Where it
has ROOMS, its files stand in those subfolders, and each room may use itself and the rooms in front of it.
"""
import re

import common

findings = []
deps = {}
rooms = {}  # of folders that have some, in their order
for name in common.files("CMakeLists.txt", under=("lib",)):
    match = re.search(r"dlc_library\(\s*(\w+)([^)]*)\)", common.read(name))
    if match:
        said = dict(re.findall(r"(ROOMS|DEPS|LIBRARIES|SOURCES|OPTIMIZE|FILES)((?:\s+(?!ROOMS|DEPS|LIBRARIES|SOURCES|OPTIMIZE|FILES)\S+)*)", match[2]))
        deps[match[1]] = said.get("DEPS", "").split()
        rooms[match[1]] = said.get("ROOMS", "").split()
        if name != f"lib/{match[1]}/CMakeLists.txt":
            findings.append(f"{name}:1: dlc_library({match[1]}) belongs in lib/{match[1]}/CMakeLists.txt")


def reach(folder, trail=()):
    """The folder and everything below it; a cycle is a finding."""
    if folder in trail:
        findings.append(f"lib/{folder}/CMakeLists.txt:1: the folders go round in a circle: {' -> '.join(trail)} -> {folder}")
        return set()
    return {folder}.union(*(reach(dep, trail + (folder,)) for dep in deps.get(folder, [])))


allowed = {folder: reach(folder) for folder in deps}

# The table of folders in docs/architecture.md says the same, with or without what comes along anyway.
table = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|$",
                        common.read("docs/architecture.md").split("| folder |")[1].split("\n\n")[0], re.M))
for folder in sorted(set(deps) ^ set(table)):
    findings.append(f"docs/architecture.md:1: the table of folders and lib/*/CMakeLists.txt disagree on whether there is {folder}")
for folder in set(deps) & set(table):
    said = {folder}.union(*(reach(dep) for dep in re.findall(r"`(\w+)`", table[folder])))
    if said != allowed[folder]:
        findings.append(f"docs/architecture.md:1: {folder} may use {', '.join(sorted(allowed[folder] - {folder}))} in CMake, "
                        f"{', '.join(sorted(said - {folder}))} in the table of folders")

# Headers that have one home. Spirit throws and takes seconds to compile; intrinsics belong to the kernels.
homes = [
    (re.compile(r"boost/(?!asio/|beast/)"), re.compile(r"lib/dsl/syntax/grammar\w*\.(cpp|h)$"),
     "Boost.Spirit stays inside lib/dsl/syntax/grammar*"),
    (re.compile(r"boost/asio/"), re.compile(r"lib/serve/"), "Boost.Asio stays inside lib/serve"),
    (re.compile(r"boost/beast/"), re.compile(r"lib/serve/http\.cpp$"), "Boost.Beast stays inside lib/serve/http.cpp"),
    (re.compile(r"\w*mmintrin\.h|immintrin\.h|x86intrin\.h"), re.compile(r"lib/kernels/|lib/runtime/thread_team\.cpp$"),
     "intrinsics stay inside lib/kernels (the thread team has its pause)"),
    (re.compile(r"zlib\.h"), re.compile(r"lib/support/"), "zlib stays inside lib/support"),
]
include = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
sources = common.files(".cpp", ".h", ".inc", ".def", under=("lib", "include"))
for name in sources:
    folder, *inside = name.split("/")[2 if name.startswith("include/") else 1:-1]
    room = inside[0] if inside else None
    if rooms.get(folder) and room not in rooms[folder]:
        findings.append(f"{name}:1: the files of {folder} are in its rooms: {', '.join(rooms[folder])}")
    text = common.read(name)
    # The headers of lib/kernels are read inside each table's anonymous namespace, once.
    if name.endswith(".h") and "#pragma once" not in text and not name.startswith("lib/kernels/"):
        findings.append(f"{name}:1: a header without #pragma once")
    for number, line in enumerate(text.splitlines(), 1):
        # Of support, one file throws what operator new does, and one catches what std::thread throws.
        if re.match(r"\s*(throw\b|try\s*\{)", line) and not re.match(
                r"lib/dsl/syntax/(grammar|words)|lib/support/last_words\.cpp|include/dlc/support/machine\.h", name):
            findings.append(f"{name}:{number}: exceptions stay inside the grammar: lib/dsl/syntax/grammar*, words*")
        match = include.match(line)
        if not match:
            continue
        path = match[2]
        if path.startswith("dlc/"):
            used = path.split("/")[1]
            if used not in deps:
                findings.append(f"{name}:{number}: there is no folder {used}")
            elif used not in allowed.get(folder, set()):
                findings.append(f"{name}:{number}: {folder} may not use {used}; it names {', '.join(deps.get(folder, [])) or 'nothing'}")
        # A room in quotes, from lib/<folder>, or through the public headers.
        other = path.removeprefix(f"dlc/{folder}/").split("/")[0]
        if room in rooms.get(folder, []) and other in rooms[folder]:
            order = rooms[folder]
            if order.index(other) > order.index(room):
                findings.append(f"{name}:{number}: {folder}/{room} may not use {folder}/{other}: it stands behind it in ROOMS")
        for what, home, why in homes:
            if what.match(path) and not home.match(name):
                findings.append(f"{name}:{number}: {path}: {why}")
        if folder == "kernels" and not path.startswith("dlc/kernels/") and path.startswith(("llvm/", "absl/")):
            findings.append(f"{name}:{number}: kernels knows nothing of {path.split('/')[0]}")
common.finish(findings, len(sources) if deps else 0)
