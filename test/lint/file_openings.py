"""Every source file opens with a comment of at least two sentences: what it is, and what it is not or how it is used.

It looks at the form alone; whether the sentences are true is for the reader.
"""
import re

import common

marks = {".cpp": "//", ".h": "//", ".inc": "//", ".def": "//", ".py": "#", ".cmake": "#", ".sh": "#"}
scripts = ("tools/quickstart", "tools/run-tests", "tools/lint", "tools/make-docs", ".ci/run")


def opening(name, text, mark):
    lines = text.splitlines()
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    if mark == "#" and lines and lines[0].startswith('"""'):
        return text[text.index('"""') + 3:].split('"""')[0]
    comment = []
    for line in lines:
        if not line.startswith(mark):
            break
        if not line.startswith("# shellcheck "):
            comment.append(line.lstrip("/#! "))
    return " ".join(comment)


findings = []
sources = [name for name in common.files() if "." + name.rsplit(".", 1)[-1] in marks or name in scripts]
for name in sources:
    mark = marks.get("." + name.rsplit(".", 1)[-1], "#")
    words = opening(name, common.read(name), mark)
    sentences = re.findall(r"[.!?:](?=\s|$)", re.sub(r"\be\.g\.|\bi\.e\.", "", words))
    if len([mark for mark in sentences if mark != ":"]) < 2:
        findings.append(f"{name}:1: opens with {'fewer than two sentences' if words else 'no comment'}")
common.finish(findings, len(sources))
