#!/usr/bin/env python3
"""Schemas and files: the schemas themselves, everything shipped, planted mistakes, and what the program prints. TAP.
    files.py VERDICT VERDICT_SCRIPT ANJUCTL
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

from kinds import BEYOND, DATA, DOCUMENTS, KINDS, SCHEMAS, SOURCE, fast_validator, is_beyond, kind_of, validator
from mutate import Program, bases

tests = failures = 0
CHECKS = {kind: validator(kind) for kind in KINDS}


def said(name, wrong):
    global tests, failures
    tests += 1
    failures += bool(wrong)
    print("not ok" if wrong else "ok", tests, "-", name)
    for line in wrong[:20]:
        print("#", line)


def nodes(node, path=""):
    yield path, node
    for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from nodes(child, f"{path}/{key}")


def resolve(name, ref):
    file, _, pointer = ref.partition("#")
    node = DOCUMENTS[file or name]
    for step in pointer.split("/")[1:]:
        node = node[step]
    return node


def check_schemas():
    wrong = []
    for name, doc in DOCUMENTS.items():
        CHECKS[KINDS[0]].check_schema(doc)
        for member in ("title", "description", "x-zh"):
            if not doc.get(member):
                wrong.append(f"{name} has no {member}")
        if doc["$id"] != name:
            wrong.append(f"{name} calls itself {doc['$id']}")
        for path, node in nodes(doc):
            if not isinstance(node, dict) or path.endswith("/properties"):
                continue
            if isinstance(node.get("$ref"), str):
                try:
                    resolve(name, node["$ref"])
                except KeyError:
                    wrong.append(f"{name}{path}: nothing at {node['$ref']}")
            if isinstance(node.get("description"), str) != isinstance(node.get("x-zh"), str):
                wrong.append(f"{name}{path}: described in one language")
            if node.get("type") == "object" and "properties" in node and "additionalProperties" not in node and "/if" not in path:
                wrong.append(f"{name}{path}: takes any member")
    said(f"{len(DOCUMENTS)} schemas are sound, closed, and described in both languages", wrong)


def errors(kind, doc):
    return [f"{e.json_path} {e.message[:160]}" for e in CHECKS[kind].iter_errors(doc)]


def check_shipped():
    wrong, seen = [], {}
    for folder in ("workflows", "plugins", "contrib", "docs"):
        for path in sorted((SOURCE / folder).rglob("*.json")):
            kind = kind_of(path) if SCHEMAS not in path.parents else None
            if path == SOURCE / "contrib" / "systemd" / "anju.json":
                kind = "config"
            if kind is None:
                continue
            seen[kind] = seen.get(kind, 0) + 1
            wrong += [f"{path.relative_to(SOURCE)}: {line}" for line in errors(kind, json.loads(path.read_text()))]
    for kind in ("pack", "units", "workflow", "obligations", "messages", "import", "calendar", "plugin", "scenario", "config"):
        if kind not in seen:
            wrong.append(f"no file of kind {kind}")
    said(f"all {sum(seen.values())} shipped files", wrong)


def edit(doc, change):
    """Put a value at a pointer, or take away what is there."""
    steps = [s.replace("~1", "/").replace("~0", "~") for s in change["where"].split("/")[1:]]
    if not steps:
        return change["value"]
    parent = doc
    for step in steps[:-1]:
        parent = parent[int(step) if isinstance(parent, list) else step]
    key = int(steps[-1]) if isinstance(parent, list) else steps[-1]
    if "value" not in change:
        del parent[key]
    elif isinstance(parent, list) and key == len(parent):
        parent.append(change["value"])
    else:
        parent[key] = change["value"]
    return doc


def planted(folder, expected):
    """The documents of a folder with planted mistakes, by file."""
    files = {}
    for root in (DATA / "packs" / "sound", folder):
        for path in root.rglob("*.json"):
            if path.name != "expected.json":
                files[str(path.relative_to(root))] = path.read_text()
    docs = {}
    for file, text in files.items():
        try:
            docs[file] = json.loads(text)
        except ValueError:
            continue
    for change in expected.get("edits", []):
        docs[change["file"]] = edit(docs[change["file"]], change)
    return docs


def check_planted(witnesses):
    wrong, count = [], 0
    for folder in sorted((DATA / "packs").iterdir()):
        if not (folder / "expected.json").is_file():
            continue
        expected = json.loads((folder / "expected.json").read_text())
        docs = planted(folder, expected)
        for file, doc in docs.items():
            kind = kind_of(pathlib.Path(file))
            if kind not in ("pack", "units", "messages", "obligations", "workflow"):
                continue
            findings = [f for f in expected["findings"] if f["file"] == file]
            shape = [f for f in findings if not is_beyond(f)]
            bad = errors(kind, doc)
            count += 1
            if shape and not bad:
                wrong.append(f"{folder.name}: {file} is accepted, in spite of {shape[0]['rule']} {shape[0]['where']}")
            elif bad and not findings:
                wrong.append(f"{folder.name}: {file} is refused: {bad[0]}")
            if not bad:
                witnesses.update(f["rule"] for f in findings)
    said(f"{count} files of folders with planted mistakes", wrong)


def all_paths(error):
    path = "".join(f"/{step}" for step in error.absolute_path)
    yield path
    if error.validator is None:
        yield path + "/*"  # a member that is not to be there: the object is named
    for inner in error.context or ():
        yield from all_paths(inner)


def check_cases(program, work, witnesses):
    """tests/data/schema/cases.json: an edit of a sound file, and the rule by which the program refuses it."""
    files = {base.kind: base for base in bases(work) if not base.file.startswith(("p/", "base/", "baoji/", "fengxiang/"))}
    fast = {kind: fast_validator(kind) for kind in KINDS}
    wrong, refused = [], 0
    for case in json.loads((DATA / "schema" / "cases.json").read_text()):
        base = files[case["kind"]]
        doc = copy.deepcopy(base.doc)
        for change in case["edits"]:
            doc = edit(doc, change)
        base.path.write_text(json.dumps(doc, ensure_ascii=False))
        findings = program.ask(base.request)
        base.path.write_text(base.text)
        place = case.get("at", case["edits"][-1]["where"])
        name = f"{case['kind']} {json.dumps(case['edits'], ensure_ascii=False)[:120]}"
        here = [f for f in findings if f["rule"] == case["rule"]]
        if bool(errors(case["kind"], doc)) == fast[case["kind"]].is_valid(doc):
            wrong.append(f"{name}: the joined schema says something else")
        paths = {path for error in CHECKS[case["kind"]].iter_errors(doc) for path in all_paths(error)}
        if not here:
            wrong.append(f"{name}: the program says {[f['rule'] + ' ' + f['where'] for f in findings]}")
        elif is_beyond(here[0]) == bool(paths):
            wrong.append(f"{name}: {case['rule']} is {'beyond' if is_beyond(here[0]) else 'of the'} schema, which says {sorted(paths)}")
        elif paths and not paths & {place, place.rpartition("/")[0] + "/*"}:
            wrong.append(f"{name}: the schema speaks of {sorted(paths)}")
        refused += bool(paths)
        if not paths:
            witnesses.update(f"{f['rule']} /{f['where'].split('/')[-1]}" for f in here)
            witnesses.update(f["rule"] for f in here)
    said(f"{refused} broken files, each at its place", wrong)


def check_beyond(witnesses):
    """What is called beyond a schema has been seen to be."""
    table = (SOURCE / "core" / "base" / "messages_table.h").read_text()
    wrong = []
    for rule, reason in BEYOND.items():
        family = rule.endswith(".")
        if reason.split(":")[0] not in ("place", "other", "text"):
            wrong.append(f"{rule}: no reason")
        if f'M("{rule if family else rule.split()[0] + chr(34)}' not in table:
            wrong.append(f"{rule}: there is no such rule")
        if not any(w.startswith(rule) if family else w == rule for w in witnesses):
            wrong.append(f"{rule}: no file that a schema accepts shows it")
    said(f"{len(BEYOND)} rules are beyond schemas, each with a reason and a witness", wrong)


def check_printed(program, anjuctl):
    wrong = [f"rpc.discover: {line}" for line in errors("openrpc", program.ask("discover -"))]
    for folder in ("sound", "several_mistakes", "state_without_title"):
        expected = json.loads((DATA / "packs" / folder / "expected.json").read_text())
        with tempfile.TemporaryDirectory(prefix="anju-schema-") as root:
            for file, doc in planted(DATA / "packs" / folder, expected).items():
                path = pathlib.Path(root) / file
                path.parent.mkdir(exist_ok=True)
                path.write_text(json.dumps(doc))
            done = subprocess.run([anjuctl, "lint", root, "--format", "json"], capture_output=True, text=True, check=False)
        wrong += [f"lint of {folder}: {line}" for line in errors("findings", json.loads(done.stdout))]
    said("what rpc.discover answers and anjuctl lint prints", wrong)


def check_command(anjuctl):
    """anjuctl schema: the installed files, in the reader's language."""
    wrong = []
    listed = json.loads(subprocess.run([anjuctl, "schema", "--json"], capture_output=True, text=True, check=True).stdout)
    if sorted(one["kind"] for one in listed["schemas"]) != sorted(KINDS + ["common"]):
        wrong.append(f"listed: {[one['kind'] for one in listed['schemas']]}")
    for lang in ("zh", "en"):
        with tempfile.TemporaryDirectory(prefix="anju-schema-") as folder:
            subprocess.run([anjuctl, "schema", "--to", folder, "--lang", lang], capture_output=True, check=True)
            written = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
        if written.keys() != DOCUMENTS.keys():
            wrong.append(f"written: {sorted(written)}")
        for name, text in written.items():
            kind = name.removesuffix(".schema.json")
            shown = subprocess.run([anjuctl, "schema", kind, "--lang", lang], capture_output=True, text=True, check=True).stdout
            if json.loads(text) != translated(DOCUMENTS[name], lang):
                wrong.append(f"{name} in {lang} is another schema")
            if shown != text:
                wrong.append(f"{name} in {lang}: shown and written differ")
    bad = subprocess.run([anjuctl, "schema", "nonsense"], capture_output=True, check=False)
    if bad.returncode != 2:
        wrong.append(f"an unknown kind ends with {bad.returncode}")
    said("anjuctl schema lists, shows and writes them", wrong)


def translated(node, lang):
    if isinstance(node, list):
        return [translated(child, lang) for child in node]
    if not isinstance(node, dict):
        return node
    done = {key: translated(child, lang) for key, child in node.items() if key != "x-zh"}
    if lang == "zh" and isinstance(node.get("x-zh"), str):
        done["description"] = node["x-zh"]
    return done


def main():
    witnesses = set()
    check_schemas()
    check_shipped()
    check_planted(witnesses)
    program = Program(*sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="anju-schema-") as folder:
        check_cases(program, pathlib.Path(folder), witnesses)
    check_beyond(witnesses)
    check_printed(program, sys.argv[3])
    check_command(sys.argv[3])
    if not program.end():
        said("the program ended well", ["it did not"])
    print(f"1..{tests}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
