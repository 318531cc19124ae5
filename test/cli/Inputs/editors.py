"""editors.py DLC EDITORS FOLDER: the grammars know every layer, key and section, their patterns are sound, and Vim colours with its own.

The patterns of the TextMate grammar are applied here as an editor does: at each place the first rule that matches. Vim is asked
for the groups of the same words where it is installed.
"""
import json
import os
import re
import shutil
import subprocess
import sys

dlc, editors, folder = sys.argv[1:]
source = '''# a net
[block Two(n, act=ReLU)]
output = input -> Linear(n, init=Xavier) -> act
[model]
input = 3x8x8
output = input -> 2 * Conv2d(8, 3x3)
[train]
lr = 0.1 -> Warmup(5 epochs)  # slow
checkpoint = "a.ckpt"
nesterov = true
'''
wanted = [(1, "a net", "comment", "Comment"), (2, "block", "section", "Section"), (3, "Linear", "layer", "Layer"), (3, "Xavier", "support.type", "Word"),
          (5, "3x8x8", "numeric", "Number"), (6, "->", "arrow", "Arrow"), (6, "Conv2d", "layer", "Layer"), (8, "lr", "key", "KnownKey"),
          (8, "Warmup", "support.type", "Word"), (8, "5 epochs", "numeric", "Number"), (8, "slow", "comment", "Comment"),
          (9, "a.ckpt", "string", "String"), (10, "true", "boolean", "Bool")]
failed = []

with open(os.path.join(editors, "vscode/syntaxes/dlc.tmLanguage.json"), encoding="utf-8") as file:
    grammar = json.load(file)


def rules(patterns):
    for pattern in patterns:
        if "include" in pattern:
            yield from rules(grammar["repository"][pattern["include"][1:]]["patterns"])
        else:
            yield pattern


def scopes(line):
    """The scope of every column."""
    found, at, stack = [""] * len(line), 0, [(None, grammar["patterns"])]
    while at < len(line):
        end, inside = stack[-1]
        best = None
        for rule in ([{"match": end, "end of": True}] if end else []) + list(rules(inside)):
            match = re.compile(rule.get("match") or rule["begin"]).search(line, at)
            if match and match.group() and (best is None or match.start() < best[0].start()):
                best = match, rule
        if best is None:
            break
        match, rule = best
        for i in range(match.start(), match.end()):
            found[i] = rule.get("name", "")
        for number, capture in (rule.get("captures") or rule.get("beginCaptures") or {}).items():
            for i in range(*match.span(int(number))):
                found[i] = capture["name"]
        if "begin" in rule:
            if rule["name"].startswith("string"):
                stop = re.compile(rule["end"]).search(line, match.end())
                for i in range(match.end(), stop.end()):
                    found[i] = rule["name"]
                at = stop.end()
                continue
            stack.append((rule["end"], rule.get("patterns", [])))
        elif "end of" in rule:
            stack.pop()
        at = match.end()
    return found


lines = source.splitlines()
for number, word, scope, _ in wanted:
    line = lines[number - 1]
    got = scopes(line)[line.index(word)]
    if scope not in got:
        failed.append(f"TextMate: {word!r} in line {number} is {got!r}, not {scope}")



def generated(kind):
    return subprocess.run([dlc, "generate", kind], capture_output=True, text=True, check=True).stdout


# What the language's own tables have; the names of the user's that have a meaning of their own are in none.
layers = re.findall(r"^(\w+) +layer ", subprocess.run([dlc, "ops"], capture_output=True, text=True, check=True).stdout, re.M)
older = re.findall(r"^\| `(\w+)` in `\[(\w+)\]`", generated("spellings"), re.M)
keys = sorted({"input", "output", "include"} | set(re.findall(r"^\| `(\w+)` \|", generated("keys"), re.M)) | {key for key, _ in older})
sections = re.findall(r"`(\w+)`", "".join(re.findall(r"^\* (?:Sections|Older names).*$", generated("words"), re.M)))
sections = sorted(set(sections) | {section for _, section in older})


def group_of_vim(lines, group):
    """The alternatives of a match of Vim's, which are written with \\|."""
    return set(re.search(rf"^syntax match {group} .*?\\%\((.*?)\\\)", lines, re.M)[1].split("\\|"))


with open(os.path.join(editors, "vim/syntax/dlc.vim"), encoding="utf-8") as file:
    vim = file.read()
known = {"Vim": {"layer": set(" ".join(re.findall(r"^syntax keyword dlcLayer (.*)$", vim, re.M)).split()),
                 "key": group_of_vim(vim, "dlcKnownKey"), "section": group_of_vim(vim, "dlcSection")}}


def alternatives(pattern):
    return set(re.search(r"\((?:\?:)?(\w+(?:\|\w+)+)\)", pattern)[1].split("|"))


def rule_of(name):
    return next(rule for rule in list(rules(grammar["patterns"])) if name in json.dumps(rule))


known["TextMate"] = {"layer": alternatives(rule_of("function.layer")["match"]), "key": alternatives(rule_of("other.key")["match"]),
                     "section": alternatives(rule_of("control.section")["begin"])}
for editor, lists in known.items():
    for kind, words in (("layer", layers), ("key", keys), ("section", sections)):
        missing, strange = set(words) - lists[kind], lists[kind] - set(words)
        failed += [f"{editor} does not know the {kind} {word}" for word in sorted(missing)]
        failed += [f"{editor} has the {kind} {word}, which the language has not" for word in sorted(strange)]
if len(layers) < 30 or len(keys) < 60 or len(sections) < 13:
    failed.append(f"only {len(layers)} layers, {len(keys)} keys and {len(sections)} sections were found to look for")

if shutil.which("vim"):
    path = os.path.join(folder, "look.dsl")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    asked = "".join(f"call add(g:out, synIDattr(synID({number}, {lines[number - 1].index(word) + 1}, 1), 'name'))\n" for number, word, _, _ in wanted)
    with open(os.path.join(folder, "look.vim"), "w", encoding="utf-8") as file:
        file.write(f"set nocompatible\nset runtimepath^={editors}/vim\nfiletype plugin on\nsyntax on\nedit {path}\nlet g:out = [&filetype]\n{asked}"
                   f"call writefile(g:out, '{folder}/groups')\nqall!\n")
    subprocess.run(["vim", "-u", "NONE", "-es", "-S", os.path.join(folder, "look.vim")], check=False, stdin=subprocess.DEVNULL, timeout=60)
    with open(os.path.join(folder, "groups"), encoding="utf-8") as file:
        groups = file.read().split()
    if groups[0] != "dlc":
        failed.append(f"Vim takes the file for {groups[0]!r}")
    failed += [f"Vim: {word!r} in line {number} is {got}, not dlc{group}" for (number, word, _, group), got in zip(wanted, groups[1:])
               if got != "dlc" + group]
print("\n".join(failed) or f"{len(layers)} layers, {len(keys)} keys, {len(sections)} sections, {len(wanted)} words")
sys.exit(1 if failed else 0)
