"""Kinds of files, their schemas, and what the program says that no schema can."""
import json
import pathlib
import sys
import warnings

try:
    from jsonschema import Draft202012Validator, FormatChecker
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer releases have another way, Debian's has this one
        from jsonschema import RefResolver
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed (contrib/setup tests)")
    sys.exit(0)

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = SOURCE / "workflows" / "schema"
DATA = SOURCE / "tests" / "data"
DOCUMENTS = {p.name: json.loads(p.read_text()) for p in sorted(SCHEMAS.glob("*.schema.json"))}
KINDS = sorted(name.removesuffix(".schema.json") for name in DOCUMENTS if name != "common.schema.json")

# Rules of the loader that hold between places, files or languages: "other" is another file, "place" another place of
# the same file, "text" the inside of a string. A whole family ends with a dot; where a rule is beyond a schema in
# one member only, the member follows. The schemas pass over these; files.py has a witness for each.
BEYOND = {
    "calendar.both": "place: another day of the notice",
    "calendar.holiday_span": "place: the first day of the holiday",
    "calendar.not_weekend": "text: the weekday of a date",
    "calendar.outside_year": "place: the notice's year",
    "calendar.overlap": "place: another holiday",
    "calendar.workday_twice": "place: another day of the notice",
    "case.relation": "other: the workflow's relation",
    "chart.duplicate_id": "place: another state",
    "chart.history_loop": "place: another history state",
    "chart.history_outside": "place: the state that the target names",
    "chart.impossible_targets": "place: the states that the targets name",
    "chart.initial_unknown": "place: the keys of the states below",
    "chart.target_from_root": "place: the state that the target names",
    "chart.unknown_target": "place: the state that the target names",
    "chart.unreachable": "place: all transitions",
    "deadline.condition": "other: what an obligation's due may say",
    "deadline.condition": "place: where the rule stands",
    "deadline.place": "place: where the rule stands",
    "deadline.rung_order": "place: the rung before",
    "deadline.unreachable": "place: which item is the last",
    "expr.": "text: the expression language, and the fields it names",
    "field.option": "other: the workflow's field",
    "field.pattern": "other: the workflow's field",
    "field.range": "other: the workflow's field",
    "field.scale": "other: the workflow's field",
    "field.type": "other: the workflow's field",
    "field.unit": "other: units.json",
    "import.same_column": "place: another column",
    "import.target": "other: the workflow",
    "json.missing /case": "place: the steps before that name a case",
    "org.cycle": "place: the unit that parent names",
    "org.duplicate": "place: another unit, perhaps of another pack",
    "org.grant_twice": "place: another entry",
    "org.no_unit": "other: units.json",
    "org.parent": "other: the unit that parent names",
    "org.quiet": "place: the office hours",
    "org.role": "other: kinds of units.json",
    "org.user": "other: users of the machine",
    "pack.clear_required": "place: the field that is named",
    "pack.cycle": "other: the pack that is extended",
    "pack.date_order": "place: the first day",
    "pack.due_cycle": "place: another deadline",
    "pack.due_deadline": "place: the deadlines",
    "pack.due_field": "place: the type of the field that is named",
    "pack.duplicate": "place: another definition of the name",
    "pack.inverse": "other: the relation of another workflow",
    "pack.key_pattern": "other: the workflow's form of keys",
    "pack.like_lacks": "place: the other obligation",
    "pack.limits": "place: the other limit, or the scale",
    "pack.loosens": "other: the rule of the pack that is extended",
    "pack.missing_field": "other: the fields of another workflow",
    "pack.obligation_begins": "place: the other obligation",
    "pack.obligation_repeats": "text: the language of RFC 5545; other: units.json",
    "pack.obligation_title": "other: the workflow's field",
    "pack.option_words": "place: the other options",
    "pack.place_field": "place: the type of the field that is named",
    "pack.recur": "text: the language of RFC 5545",
    "pack.regex": "text: POSIX regular expressions",
    "pack.rule_empty": "other: what the pack that is extended says of the rule",
    "pack.unknown_delay": "place: the delays",
    "pack.unknown_doc": "place: the docs",
    "pack.unknown_event": "other: the transitions of a workflow",
    "pack.unknown_field": "place: the fields",
    "pack.unknown_function": "other: the plugin's manifest",
    "pack.unknown_message": "other: messages.json",
    "pack.unknown_obligation": "place: another obligation, perhaps of another pack",
    "pack.unknown_pack": "other: the folders of packs",
    "pack.unknown_plugin": "other: pack.json",
    "pack.unknown_relation": "place: the relations",
    "pack.unknown_state": "place: the states",
    "pack.unknown_workflow": "other: the workflows of the chain",
    "pack.wrong_name": "other: the name of the file or folder",
    "scenario.actor": "other: units.json and the workflow's bindings",
    "scenario.case": "other: the workflows of the chain",
    "scenario.unknown": "other: the workflow that the case is of",
    "plugin.duplicate_offer": "place: another offer",
    "plugin.wrong_name": "other: the name of the file",
}


def is_beyond(finding):
    rule, where = finding["rule"], finding["where"]
    return (rule in BEYOND or rule.split(".")[0] + "." in BEYOND
            or f"{rule} /{where.split('/')[-1]}" in BEYOND)


def validator(kind):
    schema = DOCUMENTS[kind + ".schema.json"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Draft202012Validator(schema, format_checker=FormatChecker(),
                                    resolver=RefResolver(kind + ".schema.json", schema, store=DOCUMENTS))


def joined(name, node, done):
    """The schema with what it refers to in the place of the reference: the same, and several times faster to apply."""
    if isinstance(node, list):
        return [joined(name, child, done) for child in node]
    if not isinstance(node, dict):
        return node
    if id(node) in done:
        return done[id(node)]
    here = done[id(node)] = {}
    ref = node.get("$ref")
    if isinstance(ref, str):
        file, _, pointer = ref.partition("#")
        target = DOCUMENTS[file or name]
        for step in pointer.split("/")[1:]:
            target = target[step]
        here["allOf"] = [joined(file or name, target, done)]
    for key, child in node.items():
        if key == "allOf" and "allOf" in here:
            here["allOf"] += joined(name, child, done)
        elif key not in ("$ref", "$id", "$schema", "$defs", "description", "x-zh", "title"):
            here[key] = joined(name, child, done)
        elif not isinstance(child, str) and key != "$defs":
            here[key] = joined(name, child, done)  # a property of that name
    return here


def fast_validator(kind):
    name = kind + ".schema.json"
    return Draft202012Validator(joined(name, DOCUMENTS[name], {}))


def kind_of(path):
    """Kind of a file by its name and folder; None if it is of none."""
    name = path.name
    for kind in ("workflow", "import", "scenario", "migration"):
        if name.endswith(f".{kind}.json"):
            return kind
    if name in ("pack.json", "units.json", "messages.json", "obligations.json"):
        return name.removesuffix(".json")
    if path.parent.name == "notices":
        return "calendar"
    return "plugin" if path.stem == path.parent.name or path.parent.name == "example-plugin" else None
