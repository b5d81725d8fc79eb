"""What was measured, as figures that say what they are held against; tables for the terminal and for the documents."""
import dataclasses
import datetime
import re
import statistics
import unicodedata

LANGS = ("zh", "en")
HEADS = {"zh": ("", "anju", "参照", "比值（各轮）", "目标"), "en": ("", "anju", "reference", "ratio (by round)", "target")}
SAY = {
    "again": {"zh": "单独再测", "en": "Again"},
    "reference": {"zh": "参照", "en": "Reference"},
    "own": {"zh": "这一组测于 {commit}，{at}", "en": "These were measured at {commit}, {at}"},
}


def both(zh, en):
    return {"zh": zh, "en": en}


@dataclasses.dataclass
class Target:
    """On "value" or "ratio", which is to be at most or at least so much."""
    of: str
    sign: str  # "≤", "≥"
    limit: float

    def met(self, figure):
        v = getattr(figure, self.of)
        return None if v is None else v <= self.limit if self.sign == "≤" else v >= self.limit


@dataclasses.dataclass
class Figure:
    """A value of anju in `unit`, that of the reference in the same rounds, and their ratio, median and extremes."""
    name: dict  # zh, en
    unit: str
    value: float
    reference: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    target: Target | None = None


def figure(name, unit, values, references=None, target=None):
    """Of the rounds' values and, in the same order, their references: medians; the ratio is that of the rounds."""
    f = Figure(name, unit, statistics.median(values), target=target)
    if references:
        ratios = [v / r for v, r in zip(values, references) if r > 0]
        f.reference = statistics.median(references)
        if ratios:
            f.ratio, f.low, f.high = statistics.median(ratios), min(ratios), max(ratios)
    return f


def amount(v, unit):
    if unit == "B" and v >= 10000:
        text = f"{v / 1e6:,.1f} MB"
    elif unit in ("/s", "B"):
        text = f"{v:,.0f}" + ("" if unit == "/s" else " B")
    elif unit == "ms":
        text = f"{v:.3f} ms" if v < 1 else f"{v:.2f} ms" if v < 10 else f"{v:,.0f} ms"
    elif unit == "":
        text = f"{v:,.0f}"
    elif unit == "%":
        text = f"{v:.0f} %"
    else:
        text = f"{v:.3f} {unit}" if v < 1 else f"{v:.2f} {unit}" if v < 10 else f"{v:,.1f} {unit}"
    return text + ("/s" if unit == "/s" else "")


def small(v):
    return f"{v:.2f}" if v < 10 else f"{v:,.1f}" if v < 100 else f"{v:,.0f}"


def plain(v):
    return f"{v:,.0f}" if v >= 1000 else f"{v:g}"


def row(f, lang):
    ratio = ""
    if f.ratio is not None:
        ratio = small(f.ratio)
        if small(f.low) != small(f.high):
            ratio += f" ({small(f.low)} – {small(f.high)})"
    target = ""
    if f.target is not None:
        unit = "/s" if f.unit == "/s" else f" {f.unit}"
        limit = f"{plain(f.target.limit)}{unit}" if f.target.of == "value" else f"× {f.target.limit:g}"
        target = f"{f.target.sign} {limit}"
        if f.target.met(f) is not None:
            target += " " + ("✓" if f.target.met(f) else "✗")
    return [f.name[lang], amount(f.value, f.unit), "" if f.reference is None else amount(f.reference, f.unit), ratio, target]


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(figures, lang):
    """For people at a terminal."""
    rows = [list(HEADS[lang])] + [row(f, lang) for f in figures]
    wide = [max(width(r[i]) for r in rows) for i in range(5)]
    lines = []
    for r in rows:
        cells = [r[0] + " " * (wide[0] - width(r[0]))] + [" " * (wide[i] - width(r[i])) + r[i] for i in range(1, 5)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(figures, lang):
    rows = [list(HEADS[lang]), ["---"] + ["---:"] * 4] + [row(f, lang) for f in figures]
    return "\n".join("| " + " | ".join(r) + " |" for r in rows)


# --- what is kept as JSON ---


def to_json(line):
    """A line's outcome: figures as plain objects."""
    return {**line, "figures": [dataclasses.asdict(f) for f in line["figures"]]}


def from_json(line):
    figures = []
    for f in line["figures"]:
        target = f.get("target")
        figures.append(Figure(**{**f, "target": Target(**target) if target else None}))
    return {**line, "figures": figures}


# --- the documents ---

BEGIN, END = "<!-- bench: contrib/bench --docs writes what follows -->", "<!-- /bench -->"


def short_time(at):
    return datetime.datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M UTC")


def section(line, whole, lang):
    out = [f"### {line['title'][lang]}", "", markdown(line["figures"], lang), ""]
    notes = [f"{SAY['reference'][lang]}{'：' if lang == 'zh' else ': '}{line['reference'][lang]}"]
    notes[0] += "。" if lang == "zh" else "."
    if line.get("note", {}).get(lang):
        notes.append(line["note"][lang])
    if line["commit"] != whole["commit"]:
        notes.append(SAY["own"][lang].format(commit=line["commit"], at=short_time(line["at"])) +
                     ("。" if lang == "zh" else "."))
    again = f"{SAY['again'][lang]}{'：' if lang == 'zh' else ': '}`{line['again']}`"
    glue = "" if lang == "zh" else " "
    return "\n".join(out + wrapped(glue.join(notes) + glue + again + ("。" if lang == "zh" else "."))) + "\n"


def wrapped(text, most=116):
    """Lines of at most so many columns; Chinese text breaks after its punctuation, all text at spaces outside of code."""
    parts = re.findall(r"(?:`[^`]*`|[^\s`。；，：])+[。；，：]?\s*", text)
    lines, line = [], ""
    for part in parts:
        if line and width(line + part.rstrip()) > most:
            lines.append(line.rstrip())
            line = ""
        line += part
    return lines + [line.rstrip()]


def document(whole, lines, lang, machine_text):
    out = [BEGIN, "", *wrapped(machine_text), ""]
    out += [section(line, whole, lang) for line in lines]
    return "\n".join(out) + "\n" + END


def write_between(path, text):
    old = path.read_text(encoding="utf-8")
    begin, end = old.find(BEGIN), old.find(END)
    if begin < 0 or end < begin:
        raise ValueError(f"{path}: no lines \"{BEGIN}\" and \"{END}\"")
    path.write_text(old[:begin] + text + old[end + len(END):], encoding="utf-8")
