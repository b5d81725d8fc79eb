#!/usr/bin/env python3
"""Every construct of a chart stands in the corpus of tests/data/chart: CORPUS_FOLDER.

The list is what the format has; a construct is found by looking at the requests, not by their names. A new one is
added here first, then the test demands a request.
"""
import json
import pathlib
import re
import sys

CONSTRUCTS = """
root-id root-without-id root-parallel root-on root-always root-after root-entry root-exit root-onDone
id initial initial-object initial-actions initial-history atomic compound parallel parallel-in-parallel final
final-at-the-top final-region final-with-exit history-shallow history-deep history-default history-default-list
history-without-default history-of-parallel several-histories entry exit context meta tags
on on-exact-with-dot on-prefix on-any on-done-name candidates forbidden empty-list targetless target-sibling
target-path target-inside target-id target-id-path target-list target-self target-root target-history reenter
reenter-false transition-actions always always-list after after-several after-list after-zero onDone-compound
onDone-parallel
guard-cel guard-test guard-expr guard-In guard-has test-true test-false test-has test-eq test-ne test-lt test-ge
test-in test-not test-and test-or
trace raise raise-data send send-delay send-id send-zero cancel assign action-alone action-list
event event-data event-unknown advance advance-zero restart
""".split()


def lists(one):
    return one if isinstance(one, list) else [one]


class Walk:
    def __init__(self):
        self.found = set()

    def add(self, *names):
        self.found.update(names)

    def tests(self, p):
        op = p.get("op")
        self.add(f"test-{str(op).lower() if isinstance(op, bool) else op}")
        for arg in p.get("args", []) + ([p["arg"]] if "arg" in p else []):
            self.tests(arg)

    def guard(self, guard):
        self.add(f"guard-{guard['type']}")
        if guard["type"] == "test":
            self.tests(guard["params"])
        else:
            self.add(*[f"guard-{name}" for name in ("In", "has") if f"{name}(" in guard["params"]["expr"]])

    def actions(self, actions):
        self.add("action-list" if isinstance(actions, list) else "action-alone")
        for one in lists(actions):
            self.add(one["type"])
            params = one["params"]
            if one["type"] == "raise" and isinstance(params["event"], dict) and len(params["event"]) > 1:
                self.add("raise-data")
            if one["type"] == "send":
                self.add(*[f"send-{name}" for name in ("delay", "id") if name in params])
                if params.get("delay") == 0:
                    self.add("send-zero")

    def target(self, text, path, root_id):
        kind = "inside" if text[0] == "." else "path" if "." in text else "sibling"
        if text[0] == "#":
            kind = "id-path" if "." in text and not text.startswith(f"#{root_id}") else "id"
        if text == f"#{root_id}":
            self.add("target-root")
        if path and text in (path[-1], "#" + ".".join([root_id, *path])):
            self.add("target-self")
        if re.search(r"\bh\d*$", text):
            self.add("target-history")
        self.add(f"target-{kind}")

    def transitions(self, json_, path, root_id):
        if isinstance(json_, list):
            self.add("candidates" if json_ else "empty-list")
        for one in lists(json_):
            one = {"target": one} if isinstance(one, str) else one
            if not one:
                self.add("forbidden")
            if one and "target" not in one:
                self.add("targetless")
            targets = one.get("target", [])
            if isinstance(targets, list) and len(targets) > 1:
                self.add("target-list")
            for text in lists(targets):
                self.target(text, path, root_id)
            if "reenter" in one:
                self.add("reenter" if one["reenter"] else "reenter-false")
            if "guard" in one:
                self.guard(one["guard"])
            if "actions" in one:
                self.add("transition-actions")
                self.actions(one["actions"])

    def on(self, on, path, root_id):
        self.add("on")
        for name, json_ in on.items():
            if name == "*":
                self.add("on-any")
            elif name.endswith(".*"):
                self.add("on-prefix")
            elif name.startswith("xstate.done.state."):
                self.add("on-done-name")
            elif "." in name:
                self.add("on-exact-with-dot")
            self.transitions(json_, path, root_id)

    def reactions(self, state, kind, path, root_id):
        for key in ("entry", "exit"):
            if key in state:
                self.add(key)
                self.actions(state[key])
        if "on" in state:
            self.on(state["on"], path, root_id)
        if "always" in state:
            self.add("always", *["always-list"] * isinstance(state["always"], list))
            self.transitions(state["always"], path, root_id)
        for delay, json_ in state.get("after", {}).items():
            self.add("after", *["after-list"] * isinstance(json_, list), *["after-zero"] * (delay == "0"))
            self.transitions(json_, path, root_id)
        if len(state.get("after", {})) > 1:
            self.add("after-several")
        if "onDone" in state:
            self.add(f"onDone-{kind}")
            self.transitions(state["onDone"], path, root_id)

    def initial(self, state):
        initial = state.get("initial")
        if isinstance(initial, dict):
            self.add("initial-object")
            if "actions" in initial:
                self.add("initial-actions")
                self.actions(initial["actions"])
            initial = initial["target"]
        if initial is not None:
            self.add("initial")
            if kind_of(state["states"][initial]) == "history":
                self.add("initial-history")

    def history(self, state, above):
        self.add("history-deep" if state.get("history") == "deep" else "history-shallow")
        self.add("history-default" if "target" in state else "history-without-default")
        if isinstance(state.get("target"), list) and len(state["target"]) > 1:
            self.add("history-default-list")
        if above == "parallel":
            self.add("history-of-parallel")

    def state(self, state, path, root_id, above):
        kind = kind_of(state)
        if kind == "history":
            return self.history(state, above)
        self.add(kind, *[name for name in ("meta", "tags", "context") if name in state])
        if path and "id" in state:
            self.add("id")
        if not path:
            self.add("root-id" if "id" in state else "root-without-id")
            self.add(*[f"root-{key}" for key in ("on", "always", "after", "entry", "exit", "onDone") if key in state])
            self.add(*["root-parallel"] * (kind == "parallel"))
        if kind == "parallel" and above == "parallel":
            self.add("parallel-in-parallel")
        if kind == "final":
            self.add(*["final-region"] * (above == "parallel"), *["final-at-the-top"] * (len(path) == 1),
                     *["final-with-exit"] * ("exit" in state))
        self.initial(state)
        self.reactions(state, kind, path, root_id)
        children = state.get("states", {})
        if sum(kind_of(child) == "history" for child in children.values()) > 1:
            self.add("several-histories")
        for key, child in children.items():
            self.state(child, [*path, key], root_id, kind)
        return None

    def steps(self, steps):
        for step in steps:
            name = next(iter(step))
            self.add(name)
            if name == "event":
                self.add("event-data" if len(step["event"]) > 1 else "event")
                self.add(*["event-unknown"] * (step["event"]["type"] not in self.names))
            if name == "advance" and step["advance"] == 0:
                self.add("advance-zero")

    def request(self, request):
        machine = request["machine"]
        self.names = set(re.findall(r'"([^"]*)": ', json.dumps(machine)))
        self.state(machine, [], machine.get("id", "(machine)"), None)
        self.steps(request.get("steps", []))


def kind_of(state):
    return state.get("type") or ("compound" if state.get("states") else "history" if "history" in state else "atomic")


def main(folder):
    walk, results = Walk(), []
    for file in sorted(pathlib.Path(folder).glob("*.jsonl")):
        if file.name.endswith(".expected.jsonl") or file.name.startswith("refused"):
            continue
        requests = [json.loads(line) for line in file.read_text().splitlines()]
        for request in requests:
            walk.request(request)
        expected = file.with_name(file.name.replace(".jsonl", ".expected.jsonl"))
        answers = len(expected.read_text().splitlines()) if expected.exists() else 0
        results.append((f"{file.name}: an answer for each request", answers == len(requests)))
    results += [(name, name in walk.found) for name in CONSTRUCTS]
    for i, (name, ok) in enumerate(results, 1):
        print(f"{'ok' if ok else 'not ok'} {i} - {name}")
    print(f"1..{len(results)}")


if __name__ == "__main__":
    main(sys.argv[1])
