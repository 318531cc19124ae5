"""What the lints share: which files belong to the project, and how a finding is printed.

It checks nothing itself.
"""
import os
import subprocess
import sys


def root():
    """The checkout to look at: the first argument, otherwise the one that this file is part of."""
    return sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(*endings, under=()):
    """The project's own files (tracked or about to be), relative to its root; all endings if none is given."""
    listing = subprocess.run(["git", "-C", root(), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, check=False)
    if listing.returncode == 0:
        names = [name for name in listing.stdout.decode().split("\0") if name]
    else:  # an unpacked archive
        names = []
        for folder, below, here in os.walk(root()):
            below[:] = [name for name in below if name not in ("build", ".git")]
            names += [os.path.relpath(os.path.join(folder, name), root()) for name in here]
    names = [name for name in names if os.path.isfile(os.path.join(root(), name))]
    if under:
        names = [name for name in names if name.startswith(tuple(folder + "/" for folder in under))]
    return sorted(name for name in names if not endings or name.endswith(endings))


def read(name):
    with open(os.path.join(root(), name), encoding="utf-8", errors="replace") as file:
        return file.read()


def finish(findings, looked_at):
    """Prints the findings ("file:line: what") and leaves with 1 if there are any, or if nothing was looked at."""
    for finding in findings:
        print(finding)
    if not looked_at:
        print("nothing was found to look at: the lint itself is broken")
    print(f"{looked_at} looked at, {len(findings)} findings")
    sys.exit(1 if findings or not looked_at else 0)
