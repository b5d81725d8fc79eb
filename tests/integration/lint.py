#!/usr/bin/env python3
"""anjuctl lint: its forms, its exit status, its rules and their table in the manual. TAP.

usage: lint.py ANJUCTL PACKS CASES MANUAL DIGEST LOADER_CASES
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ctl, packs, cases, manual, digest, loader_cases = sys.argv[1:7]
plan = []


def check(name, ok, why=""):
    plan.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(plan)} - {name}")
    if not ok:
        print("# " + str(why)[:2000].replace("\n", "\n# "))


def lint(*args, lang="en"):
    done = subprocess.run([ctl, "--lang", lang, "lint", *args], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def planted(folder, *changes):
    """The sound pack with (file, find, put) carried out."""
    shutil.copytree(os.path.join(cases, "sound"), folder)
    for name, find, put in changes:
        path = os.path.join(folder, "p", name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert text.count(find) == 1, find
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(find, put))


def put(doc, pointer, item):
    """As the loader's own test does: put "value" at a pointer, or take away what is there."""
    keys = [k.replace("~1", "/").replace("~0", "~") for k in pointer.split("/")[1:]]
    for k in keys[:-1]:
        doc = doc[int(k)] if isinstance(doc, list) else doc[k]
    last = int(keys[-1]) if isinstance(doc, list) else keys[-1]
    if "value" not in item:
        del doc[last]
    elif isinstance(doc, list) and last == len(doc):
        doc.append(item["value"])
    else:
        doc[last] = item["value"]


def loader_case(name, folder):
    """A mistake that loading finds: lint finds it at the same place, and can show it. Returns what is wrong."""
    shutil.copytree(os.path.join(loader_cases, "sound"), folder)
    shutil.copytree(os.path.join(loader_cases, name), folder, dirs_exist_ok=True)
    with open(os.path.join(loader_cases, name, "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)
    os.remove(os.path.join(folder, "expected.json"))
    for edit in expected.get("edits", []):
        path = os.path.join(folder, edit["file"])
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
        put(doc, edit["where"], edit)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(doc, f, ensure_ascii=False, indent=2)
    leaf = ["--pack", expected["leaf"]] if expected.get("leaf") else []
    code, out, err = lint(folder, "--format", "json", *leaf)
    if code not in (0, 4) or not out.startswith("{"):
        return f"{name}: ends with {code}: {err}"
    found = [f for f in json.loads(out)["findings"] if f["severity"] == "error" and f["rule"][:5] != "lint."]
    for want in expected["findings"]:
        file = folder if want["file"] == "." else want["file"]
        # offline every function of a listed plugin passes
        if want["rule"] == "pack.unknown_function":
            continue
        # where no pack is named all that could be meant are looked at
        if want["rule"] == "pack.which":
            continue
        same = [f for f in found if f["rule"] == want["rule"] and f["file"] == file
                and f["pointer"].startswith(want["where"])]
        if not same:
            return f"{name}: {want} is not found"
        if os.path.isfile(os.path.join(folder, file)) and not all(f.get("line", 0) > 0 for f in same):
            return f"{name}: {want} has no line"
    return None


def sarif_faults(log, folder):
    """What SARIF 2.1.0 asks for and the log lacks."""
    faults = []

    def need(ok, what):
        if not ok:
            faults.append(what)

    need(log.get("version") == "2.1.0" and "sarif-schema-2.1.0" in log.get("$schema", ""), "version")
    need(isinstance(log.get("runs"), list) and len(log["runs"]) == 1, "runs")
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    need(driver["name"] == "anjuctl lint" and len(driver["rules"]) > 100, "driver")
    for rule in driver["rules"]:
        need(rule["shortDescription"]["text"] and rule["help"]["text"], rule["id"])
        need(rule["defaultConfiguration"]["level"] in ("error", "warning", "note"), rule["id"])
        need("{" + "found}" not in json.dumps(rule), rule["id"])
    need(run["columnKind"] == "unicodeCodePoints", "columnKind")
    for result in run["results"]:
        need(driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex")
        need(result["level"] in ("error", "warning", "note") and result["message"]["text"], "result")
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        need(re.fullmatch(r"[A-Za-z0-9._~%/-]+", place["artifactLocation"]["uri"]), "uri")
        need(1 <= region["startLine"] == region["endLine"], "lines")
        need(1 <= region["startColumn"] < region["endColumn"], "columns")
        name = place["artifactLocation"]["uri"].removeprefix(folder + "/")
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            line = f.read().split("\n")[region["startLine"] - 1]
        need(line == region["snippet"]["text"] and region["endColumn"] <= len(line) + 1, "snippet")
    return faults


with tempfile.TemporaryDirectory() as tmp:
    trap = os.path.join(tmp, "trap")
    planted(trap, ("site.workflow.json", '"closed": {"type": "final",', '"closed": {'))
    typo = os.path.join(tmp, "typo")
    planted(typo, ("home.workflow.json", "case.mode == 'together'", "case.mode == 'tgether'"))
    broken = os.path.join(tmp, "broken")
    planted(broken, ("home.workflow.json", '"annul": {"target": "survey"', '"annul": {"target": "survye"'))
    note = os.path.join(tmp, "note")
    planted(note, ("home.workflow.json", "case.poor == true && ", ""))

    code, out, err = lint(packs)
    check("nothing is found in the shipped packs", code == 0 and "accepted by the packs" in out, out + err)
    code, out, err = lint(packs, "--strict")
    check("not even a note", code == 0, out + err)

    code, out, err = lint(trap)
    lines = out.split("\n")
    head = re.match(r"p/site\.workflow\.json:(\d+):(\d+) warning: .* \[lint\.trap\]$", lines[0])
    check("a warning names file, line, column and rule", code == 4 and head is not None, out + err)
    caret = lines[2].index("^") if len(lines) > 2 and "^" in lines[2] else -1
    check("the caret stands below the place", lines[1][caret:].startswith('"closed"'), out)
    check("the pointer is named", "p/site.workflow.json#/states/closed" in out, out)
    check("it says what to write", '"type": "final"' in out, out)
    code, out, err = lint(trap, lang="zh")
    check("all of that in Chinese", "警告：" in out and "改法：" in out and "warning" not in out, out + err)
    code, out, err = lint(typo)
    check("what was meant is said", code == 4 and 'Did you mean "together"?' in out, out + err)
    code, out, err = lint(broken)
    check("of a wrong target as well", code == 4 and 'Did you mean "survey"?' in out, out + err)
    code, out, err = lint(note)
    check("a note alone is no failure", code == 0 and "1 notes" in out, out + err)
    code, out, err = lint(note, "--strict")
    check("with --strict it is", code == 4, out + err)

    code, out, err = lint(trap, "--format", "json")
    found = json.loads(out)
    first = found["findings"][0]
    check("as JSON", code == 4 and first["rule"] == "lint.trap" and first["pointer"] == "/states/closed"
          and first["line"] > 1 and first["column"] == 5 and first["severity"] == "warning"
          and set(first["text"]) == {"zh", "en"} and set(first["mend"]) == {"zh", "en"}, out)
    check("and counted", found["counts"] == {"error": 0, "warning": 1, "note": 0, "accepted": 1}, found["counts"])

    for folder, name in ((trap, "a warning"), (typo, "a place inside an expression"), (broken, "an error")):
        code, out, err = lint(folder, "--format", "sarif")
        faults = sarif_faults(json.loads(out), folder)
        check(f"as SARIF: {name}", code == 4 and not faults, faults)
    log = json.loads(lint(typo, "--format", "sarif")[1])
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    marked = region["snippet"]["text"][region["startColumn"] - 1:region["endColumn"] - 1]
    check("the region is what is wrong and no more", marked == "'tgether'", marked)

    code, out, err = lint()
    check("a folder is asked for", code == 2, out + err)
    code, out, err = lint(packs, "--format", "xml")
    check("no other forms", code == 2 and "text|json|sarif" in err, out + err)

    done = subprocess.run([ctl, "--lang", "zh", "lint", "--rules"], capture_output=True, text=True, check=False)
    check("the rules for people", done.returncode == 0 and "lint.trap 警告" in done.stdout, done.stderr)
    rules = json.loads(lint("--rules", "--format", "json")[1])["rules"]
    own = [r for r in rules if r["rule"].startswith("lint.")]
    with open(manual, encoding="utf-8") as f:
        rows = re.findall(r"^\.It Sy (lint\.\w+) Pq (\w+)\n(.*)$", f.read(), re.M)
    want = [(r["rule"], r["severity"], r["what"]["en"]) for r in own]
    check(f"the manual lists the {len(own)} rules", [tuple(x) for x in rows] == want,
          sorted(set(want) ^ set(tuple(x) for x in rows)))
    words = {"error": "错误", "warning": "警告", "note": "提示"}
    with open(digest, encoding="utf-8") as f:
        rows = re.findall(r"^\| `(lint\.\w+)` \| (\S+) \| (.*) \|$", f.read(), re.M)
    want = [(r["rule"], words[r["severity"]], r["what"]["zh"]) for r in own]
    check("and so does the Chinese digest", [tuple(x) for x in rows] == want,
          sorted(set(want) ^ set(tuple(x) for x in rows)))

    names = sorted(d for d in os.listdir(loader_cases) if "." not in d)
    wrong = [w for w in (loader_case(d, os.path.join(tmp, "case-" + d)) for d in names) if w]
    check(f"what loading finds in {len(names)} folders has its place", len(names) > 100 and not wrong, "\n".join(wrong))

print(f"1..{len(plan)}")
sys.exit(0 if all(plan) else 1)
