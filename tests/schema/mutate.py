#!/usr/bin/env python3
"""Do schemas and program agree? Sound files are broken in one place each, thousands of times, by a seeded generator,
and both are asked. TAP.
    mutate.py VERDICT VERDICT_SCRIPT
ANJU_MUTANTS: how many (3200); ANJU_SEED: from which seed (1).
"""
import concurrent.futures
import copy
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from kinds import DATA, DOCUMENTS, SOURCE, fast_validator, is_beyond

NULL_WORDS = ["", "nonsense", "Nonsense", "no such", "9", "-", "a.b", "{x}", "x" * 70, "2017-02-30", "99999999999999999999"]
OTHERS = [None, True, False, 0, -1, 7, 1.5, 13, 10**6, 2**40, -10**7, 10**19, -10**20, "x", "", [], {}, ["x"], [1],
          [None], {"x": 1}, {"zh": "x"}]
PARTS = 2  # at once, each with a program and a seed of its own


class Program:
    """What the program says: asked one file at a time."""

    def __init__(self, verdict, verdict_script):
        whole = [verdict, str(DATA / "schema" / "whole"), "whole"]
        self.processes = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                          for words in (whole, [verdict_script])]

    def ask(self, request):
        process = self.processes[request.startswith("script ")]
        process.stdin.write(request + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise SystemExit(f"Bail out! the program ended at: {request}")
        return json.loads(answer)

    def end(self):
        """Did both end well?"""
        for process in self.processes:
            process.stdin.close()
        return not any([process.wait() for process in self.processes])


class Base:
    """A sound file, where it stands, and how to ask about it."""

    def __init__(self, kind, path, request, file, weight):
        self.kind, self.path, self.request, self.file, self.weight = kind, path, request, file, weight
        self.text = path.read_text()
        self.doc = json.loads(self.text)
        self.places = list(places(self.doc))
        self.members = sorted(members(DOCUMENTS[kind + ".schema.json"])) + ["nonsense", "invoke"]
        self.values = list(values(self.doc))


def places(node, path=()):
    yield path
    if isinstance(node, dict):
        for key, child in node.items():
            yield from places(child, path + (key,))
    elif isinstance(node, list):
        for i, child in enumerate(node):
            yield from places(child, path + (i,))


def members(node):
    """Every name that a schema knows: a known one in the wrong place is the likelier mistake."""
    if isinstance(node, dict):
        found = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
        return found.union(*(members(child) for child in node.values()))
    return set().union(*map(members, node)) if isinstance(node, list) else set()


def values(node):
    """Member and value, of everything below."""
    if isinstance(node, dict):
        yield from node.items()
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from values(child)


def at(doc, path):
    for step in path:
        doc = doc[step]
    return doc


def put(doc, path, value):
    if not path:
        return value
    at(doc, path[:-1])[path[-1]] = value
    return doc


def drop(base, doc, path, r):
    del at(doc, path[:-1])[path[-1]]
    return doc


def rename(base, doc, path, r):
    parent, key = at(doc, path[:-1]), path[-1]
    new = r.choice([key + "x", key.capitalize(), key[:-1], "", key + " ", "x-" + key, key + ".", "9" + key, r.choice(base.members)])
    items = [(new if k == key else k, v) for k, v in parent.items() if k == key or k != new]
    parent.clear()
    parent.update(items)
    return doc


def extra(base, doc, path, r):
    here = at(doc, path)
    if isinstance(here, list):
        here.insert(r.randrange(len(here) + 1), r.choice(OTHERS))
    else:
        name = r.choice(base.members)
        known = [value for member, value in base.values if member == name]
        here.setdefault(name, copy.deepcopy(r.choice(known if known and r.random() < 0.7 else OTHERS)))
    return doc


def other(base, doc, path, r):
    return put(doc, path, copy.deepcopy(r.choice(OTHERS)))


def null(base, doc, path, r):
    return put(doc, path, None)


def word(base, doc, path, r):
    old = at(doc, path)
    return put(doc, path, r.choice(NULL_WORDS + [old + "x", old.upper(), old[:-1], " " + old, old + ".", old + "{", old[1:]]))


def number(base, doc, path, r):
    old = at(doc, path)
    return put(doc, path, r.choice([-old - 1, old + 0.5, old * 1000 + 1, str(old), 2**62, 10**30, old == 0]))


def wrap(base, doc, path, r):
    old = at(doc, path)
    return put(doc, path, r.choice([[old], {"x": old}, [[old]], [old, old]]))


def unwrap(base, doc, path, r):
    old = at(doc, path)
    inner = list(old.values()) if isinstance(old, dict) else old
    return put(doc, path, inner[0] if inner else None)


def double(base, doc, path, r):
    here = at(doc, path)
    here.append(copy.deepcopy(r.choice(here)))
    return doc


def empty(base, doc, path, r):
    at(doc, path).clear()
    return doc


def swap(base, doc, path, r):
    """The value of another place."""
    value = copy.deepcopy(at(doc, r.choice(list(places(doc)))))
    return put(doc, path, value)


def changes(doc, path):
    """What can be done at a place."""
    here = at(doc, path)
    if path:
        yield from (drop, other, null, wrap, swap)
        if isinstance(path[-1], str):
            yield from (rename, drop)
    if isinstance(here, str):
        yield from (word, word, word)
    elif isinstance(here, (dict, list)):
        yield extra
        if isinstance(here, dict):
            yield extra
        if here:
            yield from (empty, unwrap)
        if isinstance(here, list) and here:
            yield double
    elif isinstance(here, (int, float)) and not isinstance(here, bool):
        yield from (number, number)


def mutant(base, r):
    while True:
        path = r.choice(base.places)
        change = r.choice(list(changes(base.doc, path)))
        doc = change(base, copy.deepcopy(base.doc), path, r)
        if doc != base.doc or repr(doc) != repr(base.doc):
            return change.__name__, path, doc


def whole_float(node):
    """JSON Schema takes 1.0 for an integer, the program does not: nobody writes that."""
    if isinstance(node, dict):
        return any(map(whole_float, node.values()))
    if isinstance(node, list):
        return any(map(whole_float, node))
    return isinstance(node, float) and node.is_integer()


def bases(work):
    """Copies of the sound files in `work`, with what share of the mutants each gets."""
    found = []

    def packs(name, source, chain, weight, only=None):
        root = work / name
        for pack in chain:
            shutil.copytree(source / pack, root / pack, ignore=shutil.ignore_patterns("expected.json"))
        for pack in chain:
            for path in sorted((root / pack).glob("*.json")):
                kind = path.name.split(".")[-2]
                if kind in ("pack", "units", "messages", "obligations", "workflow") and (not only or path.name in only):
                    found.append(Base(kind, path, f"pack {root} {chain[-1]}", f"{pack}/{path.name}", weight))

    packs("sound", DATA / "packs" / "sound", ["p"], 1)
    packs("whole", DATA / "schema" / "whole", ["whole"], 2)
    packs("shipped", SOURCE / "workflows", ["base", "baoji", "fengxiang"], 0.1,
          ["pack.json", "duty.workflow.json", "obligations.json", "messages.json"])
    root = work / "import"
    shutil.copytree(DATA / "schema" / "whole", root)
    for path in sorted(root.glob("*/*.import.json")):
        found.append(Base("import", path, f"import {root} {path.name.split('.')[0]}", path.name, 1))
    for kind in ("calendar", "config", "migration", "plugin", "scenario", "script"):
        path = work / f"{kind}.json"
        shutil.copy(DATA / "schema" / f"{kind}.json", path)
        found.append(Base(kind, path, f"{kind} {path}", str(path), 1))
    return found


def compare(base, program, check, doc):
    """What each side says: (does the schema accept, findings, those that a schema could see)."""
    base.path.write_text(json.dumps(doc, ensure_ascii=False))
    findings = program.ask(base.request)
    shape = [f for f in findings if not is_beyond(f) and f["file"] == base.file]
    return check.is_valid(doc), findings, shape


def run(job):
    programs, count, seed = job
    with tempfile.TemporaryDirectory(prefix="anju-schema-") as folder:
        program = Program(*programs)
        counts, differences = mutate(program, pathlib.Path(folder), count, seed)
        return counts, differences, program.end()


def mutate(program, work, count, seed):
    r = random.Random(seed)
    files = bases(work)
    checks = {base.kind: fast_validator(base.kind) for base in files}
    weights = [base.weight * len(base.places) ** 0.5 for base in files]
    counts, differences, last = {"accepted": 0, "refused": 0}, [], None
    for base in files:
        accepted, findings, _ = compare(base, program, checks[base.kind], base.doc)
        base.path.write_text(base.text)
        if not accepted or findings:
            differences.append(f"{base.file} itself: schema {accepted}, program {findings}")
    for i in range(count):
        base = r.choices(files, weights)[0]
        change, path, doc = mutant(base, r)
        if whole_float(doc):
            continue
        if last not in (None, base):
            last.path.write_text(last.text)
        accepted, findings, shape = compare(base, program, checks[base.kind], doc)
        last = base
        counts["accepted" if accepted else "refused"] += 1
        pointer = "/" + "/".join(map(str, path))
        what = f"{i} {base.kind} {base.file} {change} {pointer}"
        if accepted and shape:
            differences.append(f"{what}: only the program refuses: {shape[0]['rule']} {shape[0]['where']} {shape[0]['found']}")
        elif not accepted and not findings:
            why = next(checks[base.kind].iter_errors(doc))
            differences.append(f"{what}: only the schema refuses: {why.json_path} {why.message[:160]}")
    return counts, differences


def main():
    count, seed = int(os.environ.get("ANJU_MUTANTS", 3200)), int(os.environ.get("ANJU_SEED", 1))
    with concurrent.futures.ProcessPoolExecutor(PARTS) as pool:
        parts = list(pool.map(run, [(sys.argv[1:3], count // PARTS, f"{seed}/{part}") for part in range(PARTS)]))
    counts = {verdict: sum(part[0][verdict] for part in parts) for verdict in ("accepted", "refused")}
    differences = [line for part in parts for line in part[1]]
    ended = all(part[2] for part in parts)
    print("1..3")
    for line in differences[:40]:
        print("#", line)
    print("not ok" if differences else "ok", "1 - schemas and program agree:", len(differences), "differences")
    enough = min(counts.values()) >= count // 10
    print("ok" if enough else "not ok", f"2 - seed {seed}: {counts['refused']} mutants refused, {counts['accepted']} accepted")
    print("ok" if ended else "not ok", "3 - the program ended well")
    return bool(differences) or not enough or not ended


if __name__ == "__main__":
    sys.exit(main())
