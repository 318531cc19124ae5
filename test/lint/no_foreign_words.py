"""The project speaks of itself alone: no paths of one machine, no addresses of registries, no notes to oneself.

Binary and data files are not looked at, nor is the licence.
"""
import re

import common

rules = [
    (re.compile(r"(?<![\w.}/])/(?:work|root|home|Users)/"), "a path of one machine"),
    (re.compile(r"(?<![\w.}/])/tmp/"), "a fixed path below the temporary folder; ask for one"),
    (re.compile(r"https?://(?=\w)(?!localhost|127\.0\.0\.1|(?:\w+\\?\.)*example\b|archive\.ics\.uci\.edu|doi\.org|creativecommons\.org|www\.w3\.org)"),
     "an address; the project needs none to build or run"),
    (re.compile(r"\b(?:pypi|npmjs|conda-forge|dockerhub|huggingface)\b", re.I), "a registry"),
    (re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\bfor now\b", re.I), "a note to oneself; do it or leave it out"),
    (re.compile(r"\bissue\s+#?\d+|\bseed\s+00\d|\bseed-00\d", re.I), "a name only its authors know"),
]
exempt = ("test/lint/no_foreign_words.py", "LICENSE")
text_endings = (".cpp", ".h", ".inc", ".def", ".py", ".cmake", ".txt", ".sh", ".md", ".dsl", ".ir", ".program", ".ini",
                ".test", ".json", ".in", "quickstart", "run-tests", "lint", "run", ".clang-format", ".clang-tidy")
findings = []
sources = [name for name in common.files(*text_endings) if name not in exempt]
for name in sources:
    for number, line in enumerate(common.read(name).splitlines(), 1):
        for what, why in rules:
            match = what.search(line)
            if match:
                findings.append(f"{name}:{number}: '{match[0]}': {why}")
common.finish(findings, len(sources))
