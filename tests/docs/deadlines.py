#!/usr/bin/env python3
"""docs/deadlines.md and its Chinese twin: for every dated or recurring row of the schemes the definition that carries
it out, the scenario step that shows it, and the date that the step expects. TAP: each row has both, and the two
documents are what this makes of them. With --write they are written instead.
usage: deadlines.py ANJUCTL PACKS ROWS DOCS [--write]"""
import json
import os
import subprocess
import sys

ctl, packs, table, docs = sys.argv[1:5]
FILES = {"en": "deadlines.md", "zh": "deadlines.zh.md"}
EXAMPLES = 3  # shown of one row

WORDS = {
    "title": {"en": "Deadlines and duties of the shipped packs", "zh": "所附规则包的期限和任务"},
    "other": {"en": "中文见 [deadlines.zh.md](deadlines.zh.md)。", "zh": "English: [deadlines.md](deadlines.md)."},
    "intro": {
        "en": "Every dated or recurring row of ten schemes: where it is defined, which step of a scenario shows it, and a date\n"
              "as that step expects it (day on which it begins → last day). `anjuctl rows BJ-D-17` tells the same of any row;\n"
              "`anjuctl test workflows` carries the steps out. This file is made by `ninja deadlines`.",
        "zh": "十个方案中每一条有期限或按周期的规定：在哪里定义，哪个情景的哪一步体现，以及那一步预期的日期（开始的日子 → 最后一天）。\n"
              "`anjuctl rows BJ-D-17` 可查任何一条；`anjuctl test workflows` 执行这些步骤。本文件由 `ninja deadlines` 生成。"},
    "local": {
        "en": "\"To be filled in locally\": the text gives no number, so there is no date until a pack says one in its `local`.\n"
              "\"Set in each case\": the limit is set in the finding or plan itself.",
        "zh": "“待本地填定”：原文没有数字，规则包在 `local` 里写明之前没有日期。“逐件另定”：期限写在每次的通报或计划里。"},
    "head": {"en": "| row | what | definition | shown by | example |", "zh": "| 条目 | 内容 | 定义 | 情景 | 日期举例 |"},
    "blank": {"en": "to be filled in locally", "zh": "待本地填定"},
    "case": {"en": "set in each case", "zh": "逐件另定"},
    "step": {"en": "step", "zh": "步骤"},
}


def read_rows():
    rows = []
    with open(table, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                key, zh, en = line.rstrip("\n").split("\t")
                rows.append((key, {"zh": zh, "en": en}))
    return rows


def collect():
    out = subprocess.run([ctl, "rows", "--packs", packs, "--kind", "D", "--json"], capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(out.stderr)
    return {r["id"]: r for r in json.loads(out.stdout)["rows"]}


def link(place, step=None):
    """A definition is told by its file and pointer, a step by its number as people count."""
    name = place["file"].split("/", 1)
    shown = name[1].replace("scenarios/", "").replace(".scenario.json", "") if step else place["file"]
    return f"[{shown}](../workflows/{place['file']})"


def definitions(row):
    """Of several places of one row those that say when; a pack's or rule's only where there is nothing else."""
    rank = {"deadline": 0, "obligation": 0, "blank": 2, "local": 2, "transition": 1, "workflow": 1, "state": 1}
    found = [d for d in row["definitions"] if rank.get(d["kind"], 3) < 2] or row["definitions"]
    best = min(rank.get(d["kind"], 3) for d in found)
    return [d for d in found if rank.get(d["kind"], 3) == best]


def steps(row):
    return [s for s in row["scenarios"] if s["pointer"].startswith("/steps/")]


def is_blank(row):
    return any(d["kind"] == "blank" for d in row["definitions"])


def own_dues(row, step):
    """A step may show several deadlines of a case, for several rows: those that the row's definitions are."""
    names = {d["pointer"].rsplit("/", 1)[1] for d in row["definitions"] if d["kind"] == "deadline"}
    names |= {"due"} if any(d["kind"] == "obligation" for d in row["definitions"]) else set()
    own = [d["due"] for d in step["due"] if d["deadline"] in names]
    return own or [d["due"] for d in step["due"]]


def dates(row, lang):
    """Blanks first; then days with what is due, each once."""
    told = []
    for s in steps(row):
        dues = own_dues(row, s)
        for due in dues or [None]:
            if due is not None:
                text = f"{s['on']} → {due}"
            elif is_blank(row):
                text = WORDS["blank"][lang]
            elif dues:
                text = WORDS["case"][lang]
            else:
                continue
            if text not in told:
                told.append(text)
    if not told and steps(row):
        told = [steps(row)[0]["on"]]
    return told[:EXAMPLES]


def step_number(place, lang):
    return f"{WORDS['step'][lang]} {int(place['pointer'].split('/')[2]) + 1}"


def render(rows, found, lang):
    lines = [f"# {WORDS['title'][lang]}", "", WORDS["other"][lang], "", WORDS["intro"][lang], "", WORDS["local"][lang]]
    scheme = None
    for key, text in rows:
        row = found.get(key, {"definitions": [], "scenarios": []})
        if key[:2] != scheme:
            scheme = key[:2]
            lines += ["", f"## {scheme}", "", WORDS["head"][lang], "|---|---|---|---|---|"]
        defs = "<br>".join(f"{link(d)} `{d['pointer'] or '/'}`" for d in definitions(row)) if row["definitions"] else "–"
        shown = "<br>".join(f"{link(s, True)} {step_number(s, lang)}" for s in steps(row)[:EXAMPLES]) or "–"
        lines.append(f"| {key} | {text[lang]} | {defs} | {shown} | {'<br>'.join(dates(row, lang)) or '–'} |")
    return "\n".join(lines) + "\n"


def main():
    rows, found = read_rows(), collect()
    made = {lang: render(rows, found, lang) for lang in FILES}
    if "--write" in sys.argv:
        for lang, name in FILES.items():
            with open(os.path.join(docs, name), "w", encoding="utf-8") as f:
                f.write(made[lang])
        return
    known = {key for key, _ in rows}
    checks = []
    for key, _ in rows:
        row = found.get(key, {"definitions": [], "scenarios": []})
        faults = ["no definition"] * (not row["definitions"]) + ["no step of a scenario"] * (not steps(row))
        checks.append((f"{key} is defined and shown", ", ".join(faults)))
    checks.append(("every row of its kind in the packs is in the list", ", ".join(sorted(set(found) - known))))
    for lang, name in FILES.items():
        with open(os.path.join(docs, name), encoding="utf-8") as f:
            same = f.read() == made[lang]
        checks.append((f"docs/{name} is what is there", "" if same else "old: ninja deadlines"))
    print(f"1..{len(checks)}")
    for n, (name, fault) in enumerate(checks, 1):
        print(f"{'not ' if fault else ''}ok {n} - {name}" + (f"\n# {fault}" if fault else ""))


main()
