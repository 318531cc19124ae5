"""Takes every `help:` line that the tests of diagnostics bring about at its word: applies it to the source, and checks the
result, which must not have the same mistake again, nor one of syntax. It knows the forms that help lines have, no mistake
by itself; a help line of no known form is an error."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

dlc, tests, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])

# Help that says what to think of, and not what to write. Everything else must be of one of the forms below.
PROSE = [
    r"^usage: ", r"^`dlc ops` lists", r"^there are ", r"^names given by name=", r"^comments begin with",
    r"^paths are relative to", r"^units are ", r"^prepare applies to every sample", r"^augment changes only",
    r"^a section begins with", r"^positional arguments", r"^an image has channels", r"^use an odd kernel",
    r"^'@' needs a first matrix", r"^a row of targets holds", r"^the last \d+ columns of a table", r"^a sample needs ",
    r"^numbers must be finite", r"^the sizes must multiply", r"^add a layer with weights", r"^give samples", r"^divide each row",
    r"^write a weight above 0", r"write a factor below 1$", r"^BatchNorm needs more samples", r"^layers are steps of \[model\]",
    r"^define constants above", r"^no row has a value", r"^every row gets a prediction", r"^put a cell that contains a separator",
    r"^an empty cell keeps", r"^the features are", r"^write one of the two", r"^change the last layer", r"^write \w+\(a, b\)$",
    r"^for other numbers use", r"^missing=", r"^leave the line out", r"^write output = input -> \.\.\.", r"^put PNG, JPEG",
    r"^write \[block Name\(parameters\)\]", r"^write a name, or a call", r"^an arrow leads to a layer",
    r"^an arrow inside brackets needs its own", r"^write value -> ", r"^each row ends in a separator",
    r"^paths are quoted: .*; constants are defined above",
]


class Source:
    """A text with a mistake in it, and where."""

    def __init__(self, text, diagnostic):
        self.lines = text.split("\n")
        self.line = diagnostic.get("line", 0) - 1
        self.begin = diagnostic.get("column", 1) - 1
        self.end = diagnostic.get("end_column", self.begin + 2) - 1

    @property
    def text(self):
        return "\n".join(self.lines)

    def replaced(self, new):
        line = self.lines[self.line].encode()
        self.lines[self.line] = (line[:self.begin] + new.encode() + line[self.end:]).decode()
        return self.text

    def section(self, name):
        """The lines behind a header, or None."""
        headers = [i for i, line in enumerate(self.lines) if re.match(r"\s*\[", line)]
        for at, i in enumerate(headers):
            if re.match(rf"\s*\[{name}(ing)?[\] ]", self.lines[i], re.I):
                return i + 1, headers[at + 1] if at + 1 < len(headers) else len(self.lines)
        return None

    def set(self, key, value, section=None):
        for name in [section] if section else ["train", "data", "model"]:
            where = self.section(name)
            for i in range(*where) if where else []:
                if re.match(rf"\s*{re.escape(key)}\s*=", self.lines[i]):
                    self.lines[i] = f"{key} = {value}"
                    # what continued the old value
                    while i + 1 < where[1] and re.match(r"\s+\S", self.lines[i + 1]) and "=" not in self.lines[i + 1]:
                        del self.lines[i + 1]
                        where = (where[0], where[1] - 1)
                    return self.text
        return self.add(key, value, section or ("data" if key in ("val", "drop_last", "classes", "prepare", "train", "test")
                                                else "model" if key == "input" else "train"))

    def add(self, key, value, section):
        where = self.section(section)
        if where:
            self.lines.insert(where[0], f"{key} = {value}")
        else:
            self.lines += [f"[{section}]", f"{key} = {value}"]
        return self.text

    def before(self, step):
        line = self.lines[self.line]
        arrow = line.rfind("->", 0, self.begin + 2)
        self.lines[self.line] = line[:arrow] + step + " " + line[arrow:]
        return self.text

    def without(self, what):
        """Leaves out the step, the key or the word that is meant."""
        line = self.lines[self.line]
        step = re.compile(r"\s*->\s*" + re.escape(what) + r"(\([^()]*\))?")
        found = [m for m in step.finditer(line) if m.start() <= self.begin <= m.end()] or list(step.finditer(line))
        key = [i for i, text in enumerate(self.lines) if re.match(rf"\s*{re.escape(what)}\s*=", text)]
        if found:
            self.lines[self.line] = line[:found[0].start()] + line[found[0].end():]
        elif key:
            del self.lines[key[0]]
        else:
            return None
        return self.text

    def last_layer(self, layer):
        for i in reversed(range(len(self.lines))):
            line = self.lines[i].split("#")[0]
            if at := list(re.finditer(r"Linear\(\d+[^()]*\)", line)):
                self.lines[i] = line[:at[-1].start()] + layer + line[at[-1].end():]
                return self.text
        return None

    def call(self, argument):
        for i, line in enumerate(self.lines):
            if m := re.search(r'Csv\("[^"]*"', line):
                self.lines[i] = line[:m.end()] + ", " + argument + line[m.end():]
                return self.text
        return None


    def replaced_line(self, new):
        self.lines[self.line] = new
        return self.text

    def above(self, new):
        self.lines.insert(self.line, new)
        return self.text

    def behind(self, step):
        line, hash, comment = self.lines[self.line].partition("#")
        self.lines[self.line] = line.rstrip() + " " + step + "  " + hash + comment
        return self.text

    def substituted(self, pattern, new):
        """The first place of a pattern at or around the column, or else in the line."""
        line = self.lines[self.line]
        places = list(re.finditer(pattern, line))
        around = [m for m in places if m.start() <= self.begin <= m.end()] or places
        if not around:
            return None
        m = around[0]
        self.lines[self.line] = line[:m.start()] + m.expand(new) + line[m.end():]
        return self.text

    def moved_up(self, name):
        """The line that binds a name, in front of the line that uses it."""
        for i in range(self.line + 1, len(self.lines)):
            if re.match(rf"\s*{re.escape(name)}\s*=", self.lines[i]):
                self.lines.insert(self.line, self.lines.pop(i))
                return self.text
        return None

    def moved_to(self, section):
        key, value = self.lines.pop(self.line).split("#")[0].split("=", 1)
        return self.add(key.strip(), value.strip(), section)

    def on_a_line_of_its_own(self, key, value):
        line = self.lines[self.line]
        rest = line[:self.begin] + line[self.end:]
        self.lines[self.line] = re.sub(r"\(\s*,\s*", "(", re.sub(r",\s*\)", ")", rest))
        return self.set(key, value)

    def arrow_to_next_line(self):
        for i in range(self.line, -1, -1):
            line = self.lines[i].split("#")[0].rstrip()
            if line.endswith("->"):
                self.lines[i] = line[:-2]
                if i + 1 < len(self.lines) and re.match(r"\s+[A-Z]", self.lines[i + 1]):
                    self.lines[i + 1] = "  -> " + self.lines[i + 1].strip()
                return self.text
        return None


KEY = r"[a-z_]+(?:\.[a-z_]+)?"
CALL = r"[A-Za-z0-9]+(?:\((?:[^()]|\([^()]*\))*\))?"
VALUE = rf"(?:\"[^\"]*\"|\[[^\]]*\]|{CALL}|[^\s,:]+)(?: -> {CALL})*"
# (form, what it means for the source); the first that fits is taken.
FORMS = [
    (r"^did you mean (\[\w+\])\?$", lambda s, new: s.substituted(r"\[\w+.*?\]", new)),
    (r"^did you mean (.+)\?$", lambda s, new: s.replaced(new)),
    (r"^write (architecture = [\d, ]+)$", lambda s, line: s.replaced_line(line)),
    (r"^write ((?:layer|activation)=\S+)$", lambda s, line: s.replaced_line(line)),
    (r"^write ((?:layer|input_dim)=\S+) above it$", lambda s, line: s.above(line)),
    (r"^write (include = \".*\")$", lambda s, line: s.replaced_line(line)),
    (rf"^write ({KEY}) = (\S+) on a line of its own$", lambda s, key, value: s.on_a_line_of_its_own(key, value)),
    (r"^the model has one output: write (\w+) = \.\.\.$", lambda s, key: s.substituted(r"\w+\.\w+(?=\s*=)", key)),
    (rf"^(?:add what is missing, or )?(?:write|add) ({KEY}) = ({VALUE})(?: under \[(\w+)\])?(?:, .*|: .*| for .*| or less.*)?$",
     lambda s, key, value, section: s.set(key, value, section)),
    (r"^(prepare) = (\w+) scales all values", lambda s, key, value: s.set(key, value, "data")),
    (r"^list class names under \[data\], as in (classes) = (\[.*\])$", lambda s, key, value: s.set(key, value, "data")),
    (r"^if they are names, list them under \[data\]: (classes) = (\[.*\])$", lambda s, key, value: s.set(key, value, "data")),
    (r"^put -> Flatten before the last layer", lambda s: s.last_layer("Flatten -> Linear(2)")),
    (r"^put (-> .*?) (?:after it|at the end)$", lambda s, step: s.behind(step)),
    (r"^put (-> .*?)(?: or -> .*?)? before it$", lambda s, step: s.before(step)),
    (r"^for (?:so many|\d+) classes the last layer is -> (Linear\(\d+\))$", lambda s, layer: s.last_layer(layer)),
    (r"^for labels up to \d+ the last layer is -> (Linear\(\d+\))$", lambda s, layer: s.last_layer(layer)),
    (r"^(?:for classes use|if these are measurements, not classes, write) loss = (\w+) and -> (Linear\(\d+\)) at the end$",
     lambda s, loss, layer: s.last_layer(layer) and s.set("loss", loss)),
    (r"write Csv\(\.\.\., (.*)\)$", lambda s, argument: s.call(argument)),
    (r"^leave (\w+) out(?:[,:].*)?$", lambda s, what: s.without(what)),
    (r"^(?:\S+) belongs in \[(\w+)\]$", lambda s, section: s.moved_to(section)),
    (r"^an arrow is written ->$", lambda s: s.substituted(r"[–—−]>|→", "->")),
    (r"^a minus is written -$", lambda s: s.substituted(r"[–—−]", "-")),
    (r"^strings take double quotes", lambda s: s.substituted(r"(['`‘’“”])([^'`‘’“”]*)['`‘’“”]", r'"\2"')),
    (r"^(?:shapes|sizes) are written (?:with the letter x: )?(\d+(?:x\d+)+)$",
     lambda s, shape: s.substituted(r"\(?\d+(?:\s*[x,×]\s*\d+)+\)?", shape)),
    (r"^lists take brackets: ", lambda s: s.substituted(r"(?<=[=] )([^\[#]*[^\[#\s])", r"[\1]")),
    (r"^paths are quoted: \"([^\"]*)\"", lambda s, path: s.substituted(re.escape(path), '"' + path + '"')),
    (r"^put the arrow in parentheses: \((.*)\) [-+*/@] \.\.\.$",
     lambda s, arrow: s.substituted(re.escape(arrow), "(" + arrow.replace("\\", "\\\\") + ")")),
    (r"^put the arrow at the start of the next line", lambda s: s.arrow_to_next_line()),
    (r"^write the '\(' directly after the name$", lambda s: s.substituted(r"(\w)\s+\(", r"\1(")),
    (r"^write \[model\] above the lines", lambda s: s.above("[model]")),
    (r"^(?:name its source: |for a folder of pictures, write )(\w+\(.*\))$", lambda s, call: s.replaced(call)),
    (r"^input sizes are inferred: write ((\w+)(?:\(.*\))?)$",
     lambda s, call, name: s.substituted(name + r"\([^()]*(?:\([^()]*\))?[^()]*\)", call)),
    (r"^write (\(input -> Embedding\(32\)\)) for each input of tokens$",
     lambda s, new: s.substituted(r"\(input, input\)", f"({new}, {new})")),
    (r"^write (\d+\w?(?: \w+)?)(?:, | or ).*$", lambda s, new: s.replaced(new)),
    (r"^write (\w+\(\w+, \w+\) -> \w+\(.*\))$", lambda s, new: s.replaced(new)),
    (r"^write (\d+ \w+)$", lambda s, new: s.replaced(new)),
    (r"^write (\S+(?: (?:->|[-+*/@]|\d+|\w+\(.*\)|\w+=\S+\)) ?\S*)*?)(?:, (?:or|which|such) .*|: .*| in .*)?$", lambda s, new: s.replaced(new)),
]


def named(diagnostic):
    """The name in quotes of the message."""
    m = re.search(r"'([^']*)'", diagnostic["message"])
    return m[1] if m else ""


def check(path):
    run = subprocess.run([dlc, "check", "--json", path.name], cwd=path.parent, capture_output=True, text=True)
    if run.returncode not in (0, 3, 4, 5, 6, 7):
        sys.exit(f"{path}: dlc check ended with {run.returncode}\n{run.stderr}")
    found = [json.loads(line) for line in run.stdout.splitlines() + run.stderr.splitlines() if line.startswith("{")]
    return [d for d in found if d["event"] == "diagnostic"]


def identity(d):
    return d["code"], d["message"]


SYNTAX = {"E101", "E102", "E103", "E104", "E105", "E110", "E112"}
counts = {"applied": 0, "prose": 0}
failures = []


def follow(path, diagnostic, advice, before):
    if any(re.search(prose, advice) for prose in PROSE):
        counts["prose"] += 1
        return
    for form, apply in FORMS + [(r"^move its line up$", lambda s: s.moved_up(named(diagnostic)))]:
        if m := re.search(form, advice):
            break
    else:
        failures.append(f"{path.name}: help of no known form: {advice}")
        return
    place = path.parent / diagnostic.get("file", path.name)
    if place.suffix != ".dsl":  # a table, whose text help may quote
        place = path
    own = place.name == path.name
    edited = apply(Source(place.read_text(), diagnostic), *m.groups())
    if edited is None:
        failures.append(f"{path.name}:{diagnostic.get('line')}: cannot be followed: {advice}")
        return
    counts["applied"] += 1
    advised = path.with_name("advised-" + path.name) if own else path
    kept = place.read_text()
    (advised if own else place).write_text(edited)
    after = check(advised)
    place.write_text(kept)
    old = [identity(d) for d in before]
    where = f"{path.name}:{diagnostic.get('line')}: {diagnostic['code']} {diagnostic['message']}\n  help: {advice}\n"
    added = len(edited.split("\n")) - len(kept.split("\n"))
    lines = (diagnostic.get("line", 0), diagnostic.get("line", 0) + added)
    if any(identity(d) == identity(diagnostic) and d.get("line", 0) in lines for d in after):
        failures.append(where + "  the same mistake again")
    for d in after:
        if d["code"] in SYNTAX and identity(d) not in old:
            failures.append(where + f"  then {d['code']} {d['message']} in line {d.get('line')}")


def sources():
    """Every source of the tests in a folder with what it reads."""
    for folder in ("dsl", "cli"):
        for path in sorted((tests / folder).glob("*")):
            if path.suffix == ".dsl":
                to = work / folder / path.stem
                to.mkdir(parents=True)
                shutil.copy(path, to)
                yield to / path.name
            elif path.suffix == ".test" and "#--- " in path.read_text():
                to = work / folder / path.stem
                to.mkdir(parents=True)
                if path.stem == "include":
                    shutil.copytree(tests / folder / "Inputs" / "include", to / "include")
                name = None
                for line in path.read_text().splitlines(keepends=True):
                    if m := re.match(r"#--- (\S+)", line):
                        name = to / m[1]
                        name.parent.mkdir(parents=True, exist_ok=True)
                        name.write_text("")
                    elif name:
                        with name.open("a") as out:
                            out.write(line)
                yield from sorted(to.rglob("*.dsl"))


shutil.rmtree(work, ignore_errors=True)
for path in sources():
    found = check(path)
    for diagnostic in found:
        for advice in diagnostic.get("help", "").splitlines():
            follow(path, diagnostic, advice, found)
print(f"{counts['applied']} pieces of advice followed, {counts['prose']} are prose")
if failures:
    print("\n".join(failures))
    sys.exit(1)
