"""Holds every function to 80 lines, from its first word to its closing brace.

A function is what has braces right inside namespaces and classes and is no initialiser. There are no exceptions.
"""
import re

import common

MOST = 80
findings = []
files = common.files(".cpp", ".h", ".inc", under=("lib", "include", "tools", "test"))
# Comments, strings and characters become blanks of the same length, and so do lines of the preprocessor.
quiet = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*',
                   re.S | re.M)
scope = re.compile(r"\b(?:namespace|class|struct|union|enum)\b[^()=]*$|\bextern\s*$")


def functions(text):
    """(first line, lines, head) of each."""
    text = quiet.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    stack, head = [], 0  # where the words before a brace begin
    for match in re.finditer(r"[{};]|\b(?:public|private|protected):", text):
        at, mark = match.start(), match[0]
        inside = any(kind != "scope" for kind, _ in stack)
        if mark == "{":
            words = text[head:at]
            kind = "scope" if scope.search(words) else "data" if "(" not in words or re.search(r"=\s*$", words) else "function"
            stack.append((kind if not inside else "block", head))
        elif mark == "}" and stack:
            kind, begin = stack.pop()
            if kind == "function":
                begin += len(text[begin:at]) - len(text[begin:at].lstrip())
                yield text.count("\n", 0, begin) + 1, text.count("\n", begin, at) + 1, text[begin:].split("\n", 1)[0]
        if not any(kind != "scope" for kind, _ in stack):
            head = match.end()


for name in files:
    for line, lines, head in functions(common.read(name)):
        if lines > MOST:
            findings.append(f"{name}:{line}:1: a function of {lines} lines, of {MOST} at most: {head.strip()[:60]}")
common.finish(findings, len(files))
