#!/usr/bin/env python3
"""The corpus of expressions is answered as it says, and has all there is.

    corpus.py ANJUCTL SOURCE_ROOT

A line of tests/data/expr/*.jsonl is {"tag", "request", "answer"}: the request of `anjuctl expr run` and its
answer without the id, which counts to the last letter of an error; entries of a map have no order.

What there is comes from the sources: each built-in function with each of its overloads' numbers of arguments,
each form of a macro, each operator, each kind of value, and each kind of failure at run time that an
expression alone can have.
"""
import json
import pathlib
import re
import subprocess
import sys

# failures that need a pack (a field that is not set, a function of it) or no memory at all
NOT_HERE = {"expr.eval", "expr.budget", "expr.eval_not_set", "mem.out"}
LEAST = 400


def plain(value, name=None):
    """Without what has no order."""
    if isinstance(value, dict):
        return {k: plain(v, k) for k, v in value.items()}
    if isinstance(value, list):
        parts = [plain(v) for v in value]
        return sorted(parts, key=json.dumps) if name == "map" else parts
    return value


def read(path):
    return path.read_text(encoding="utf-8")


def overloads(name, style, body):
    """(words for it, pattern that finds it in an expression) of each way to call a function."""
    counts = {{"ONE": 1, "TWO": 2}[one] for one in re.findall(r"\b(ONE|TWO)\(", body)}
    for n in sorted(counts):
        if "MEMBER" in style:
            yield f".{name}() of {n}", rf"\.{name}\({'[^)]' if n > 1 else ''}"
        if "GLOBAL" in style:
            yield f"{name}() of {n}", rf"(?<![.\w]){name}\([^)]"


def functions(source):
    text = read(source / "core/expr/funcs.c")
    table = text[text.index("static const struct builtin table[]"):]
    for part, body in (("TIMESTAMP_PART", "ONE( TWO("), ("TIME_PART", "ONE( TWO(")):
        for name in re.findall(rf'\b{part}\("(\w+)"\)', table):
            yield from overloads(name, "MEMBER", body)
    for name, style, body in re.findall(r'\{"(\w+)", ([A-Z_| \n\t]+), \w+, (.*?\}, *\n?\s*\d+)\}', table, re.S):
        yield from overloads(name, style, body)


def macros(source):
    text = read(source / "core/expr/parse.c")
    for name, variables, args in re.findall(r'\{"(\w+)", MACRO_\w+, (\d), (\d)\}', text):
        yield (f"{name} with {variables} of {args}",
               rf"\.{name}\(\w+, " + (r"\w+, " if variables == "2" else "") +
               (r"[^,]+, .+\)" if int(args) > int(variables) + 1 else r".+\)"))


def operators(source):
    text = read(source / "core/expr/lex.c")
    marks = re.findall(r'\{"([^"]+)", TOK_\w+\}', text[text.index("marks[]"):])
    assert len(marks) > 20
    yield from ((mark, re.escape(mark)) for mark in marks)
    yield "in", r" in "
    yield "has()", r"\bhas\("
    yield "`name`", r"\.`"


def failures(source):
    """The English sentence of each failure at run time, as a pattern."""
    words = read(source / "core/base/messages_table.h")
    text = read(source / "core/expr/describe.c")
    for key in re.findall(r'\[FAULT_\w+\] = \{"([^"]+)"', text):
        if key in NOT_HERE:
            continue
        found = re.search(rf'M\("{re.escape(key)}",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)', words)
        sentence = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found.group(2)))
        yield key, "^" + ".*".join(re.escape(one) for one in re.split(r"\{\w+\}", sentence)) + "$"


KINDS = ["int", "uint", "double", "decimal", "string", "bytes", "bool", "null", "list", "map", "type",
         "timestamp", "duration"]


def main(anjuctl, source):
    source = pathlib.Path(source)
    lines = []
    for path in sorted((source / "tests/data/expr").glob("*.jsonl")):
        for number, text in enumerate(read(path).split("\n"), 1):
            if text:
                lines.append((f"{path.name}:{number}", json.loads(text)))
    asked = "".join(json.dumps(one["request"], ensure_ascii=False) + "\n" for _, one in lines)
    ran = subprocess.run([anjuctl, "expr", "run"], input=asked, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=300, check=False)
    answers = ran.stdout.split("\n")[:-1]
    results = [("it ends well, with an answer a line",
                [] if ran.returncode == 0 and len(answers) == len(lines) else [
                    f"ended with {ran.returncode}, {len(answers)} of {len(lines)} answers", ran.stderr])]
    by_tag = {}
    for (place, one), text in zip(lines, answers):
        answer = json.loads(text)
        wrong = by_tag.setdefault(one["tag"], [])
        if answer.pop("id") != one["request"]["id"] or plain(answer) != plain(one["answer"]):
            wrong += [f"{place}: {one['request']['expr']}", f"  expected {json.dumps(one['answer'], ensure_ascii=False)}",
                      f"  answered {text}"]
    results += list(by_tag.items())
    exprs = [one["request"]["expr"] for _, one in lines]
    errors = [one["answer"].get("error", "") for _, one in lines]
    for title, wanted, texts in (("function", functions(source), exprs), ("form of a macro", macros(source), exprs),
                                 ("operator", operators(source), exprs), ("failure", failures(source), errors)):
        wanted = list(wanted)
        results.append((f"there is a line for every {title}, of {len(wanted)}", [
            f"none for {name}" for name, pattern in wanted if not any(re.search(pattern, one) for one in texts)] +
            ([] if len(wanted) > 7 else ["the sources were not understood"])))
    answered = {kind for _, one in lines for kind in one["answer"].get("value", {})}
    results.append(("there is a value of every kind", [one for one in KINDS if one not in answered]))
    results.append((f"there are at least {LEAST} lines", [] if len(lines) >= LEAST else [str(len(lines))]))
    for i, (name, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name}")
        for line in wrong:
            print("# " + str(line).replace("\n", "\n# "))
    print(f"1..{len(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
