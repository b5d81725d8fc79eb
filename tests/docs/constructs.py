#!/usr/bin/env python3
"""The construct tables of a manual page are true: every row has an example, every example a row, and each
example is answered as it says.

    constructs.py PAGE EXAMPLES ANJUCTL

A table of the page is announced by a comment and written with tbl(1); its columns are separated by a tab:

    .\\" constructs: KIND
    .TS
    (options and formats)
    construct<TAB>standard<TAB>difference
    _
    T{
    \\fBwhat is written\\fP
    .br
    \\fIKIND/NAME\\fP
    T}<TAB>T{
    SCXML 3.13
    T}<TAB>T{
    none
    T}
    .TE

The first cell of a row ends with the names of its examples, one or more, each in italics and on a line of its
own. KIND is a runner: `anjuctl KIND run` reads JSON lines. A page may have several tables of a kind.

An example is EXAMPLES/KIND/NAME.jsonl: request and answer in turn, a line each. The answers are compared as JSON;
entries of a map ({"map": [[k, v], …]}) have no order, and neither have the states of a chart. Lines that begin
with "//" are words for the reader.

Adding a construct: a row, and its file. A folder of EXAMPLES without a table is a fault too.
"""
import json
import pathlib
import re
import subprocess
import sys

ITALIC = re.compile(r"^\\fI([^\\]*)\\fP$")


class Row:
    def __init__(self, kind, cells, line):
        self.kind, self.line = kind, line
        first = cells[0].split("\n") if cells else []
        self.examples = [m.group(1) for m in map(ITALIC.match, first) if m]
        self.words = [one for one in first if not ITALIC.match(one) and not one.startswith(".")]
        self.cells = cells

    def title(self):
        return re.sub(r"\\f.|\\&|\\", "", " ".join(self.words))


def cells_of(lines):
    """The rows below the heading of a table; a cell in T{ … T} may have several lines."""
    cells, text, inside, begun = [], [], False, 0
    for number, line in lines:
        if not cells and not inside:
            begun = number
        parts = line.split("\t")
        if inside:
            if not line.startswith("T}"):
                text.append(line)
                continue
            cells.append("\n".join(text))
            inside, text, parts = False, [], parts[1:]
            if not parts:
                yield begun, cells
                cells = []
                continue
        if parts and parts[-1] == "T{":
            inside, parts = True, parts[:-1]
        cells += parts
        if not inside:
            yield begun, cells
            cells = []


def rows_of(page):
    kind, body, on = None, [], False
    for number, line in enumerate(page.read_text().split("\n"), 1):
        if line.startswith('.\\" constructs: '):
            kind = line.split(": ", 1)[1].strip()
        elif line == ".TS" and kind is not None:
            body, on = [], True
        elif line == ".TE" and on:
            while body and body[0][1] != "_":
                body.pop(0)
            for begun, cells in cells_of(body[1:]):
                yield Row(kind, cells, begun)
            kind, on = None, False
        elif on and not line.startswith('.\\"'):
            body.append((number, line))


def plain(value, name=None):
    """Without what has no order."""
    if isinstance(value, dict):
        return {k: plain(v, k) for k, v in value.items()}
    if isinstance(value, list):
        parts = [plain(v) for v in value]
        return sorted(parts, key=json.dumps) if name in ("map", "states") else parts
    return value


def check_example(anjuctl, kind, path):
    """What is wrong with it, as lines."""
    lines = [one for one in path.read_text().split("\n") if one and not one.startswith("//")]
    requests, answers = lines[0::2], lines[1::2]
    if not lines or len(requests) != len(answers):
        return [f"{path.name}: {len(requests)} requests, {len(answers)} answers"]
    ran = subprocess.run([anjuctl, kind, "run"], input="\n".join(requests) + "\n", text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    got = ran.stdout.split("\n")[:-1]
    if ran.returncode != 0 or len(got) != len(answers):
        return [f"{path.name}: ends with {ran.returncode}, {len(got)} answers", ran.stderr]
    wrong = []
    for one, want, found in zip(requests, answers, got):
        try:
            same = plain(json.loads(want)) == plain(json.loads(found))
        except ValueError as bad:
            return [f"{path.name}: {bad}"]
        if not same:
            wrong += [f"{path.name}", f"  asked    {one}", f"  expected {want}", f"  answered {found}"]
    return wrong


def faults_of(row, examples):
    faults = []
    if len(row.cells) != 3 or any(not cell.strip() for cell in row.cells):
        faults.append(f"{len(row.cells)} cells, or an empty one")
    if not row.examples:
        faults.append("no example")
    for one in row.examples:
        if not one.startswith(row.kind + "/") or not (examples / (one + ".jsonl")).is_file():
            faults.append(f"no such example: {one}")
    return faults


def main(page, examples, anjuctl):
    page, examples = pathlib.Path(page), pathlib.Path(examples)
    rows = list(rows_of(page))
    results = []
    for row in rows:
        wrong = faults_of(row, examples)
        for one in row.examples if not wrong else []:
            wrong += check_example(anjuctl, row.kind, examples / (one + ".jsonl"))
        results.append((f"{row.kind}: {row.title()}", wrong))
    named = {one for row in rows for one in row.examples}
    for kind in sorted(one.name for one in examples.iterdir() if one.is_dir()):
        there = sorted(f"{kind}/{one.stem}" for one in (examples / kind).glob("*.jsonl"))
        results.append((f"every example of {kind} is named by a row", [
            f"{one}.jsonl is named by none" for one in there if one not in named]))
        results.append((f"there is a table for {kind}", [] if any(row.kind == kind for row in rows) else [
            f"no table \"constructs: {kind}\" in {page.name}"]))
    for i, (name, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name.replace('#', '')}")
        for line in wrong:
            print("# " + line.replace("\n", "\n# "))
    print(f"1..{len(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
