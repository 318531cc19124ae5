"""Holds that a name stands for one thing: no two files of one name in different folders of lib, include and tools.

A header in include/dlc/<folder> and its source in lib/<folder> are one. So are two levels of one thing, where the upper includes the
header of that name of the lower one: the op running_mean stands on ir/running_mean.h.
"""
import collections
import os
import re

import common

files = [name for name in common.files(".cpp", ".h", ".inc", ".def", under=("lib", "include", "tools"))]
named = collections.defaultdict(lambda: collections.defaultdict(list))
for name in files:
    folder, base = os.path.split(name.replace("include/dlc/", "lib/", 1))
    named[base.split(".")[0]][folder].append(name)


def stands_on(upper, stem, lower):
    """Whether one of the files includes a header of that name from the folder below."""
    header = rf'#include "{re.escape(lower.replace("lib/", "dlc/", 1))}/{re.escape(stem)}\.'
    return any(re.search(header, common.read(name)) for name in upper)


findings = []
for stem, folders in sorted(named.items()):
    for one in folders:
        others = [other for other in folders if other != one and not stands_on(folders[one], stem, other)
                  and not stands_on(folders[other], stem, one)]
        if others:
            findings.append(f"{folders[one][0]}:1:1: there is another {stem} in {', '.join(others)}: name them apart")
common.finish(findings, len(files))
