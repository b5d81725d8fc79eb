#!/usr/bin/env python3
"""Replace the kept corpus of a fuzz target by few inputs that cover most, out of what is kept and what was found.

    keep.py PROGRAM KEPT FOUND [MOST]

libFuzzer says which input covers what; the inputs are then taken greedily, the one that adds most first, until
nothing is added or MOST (40) are taken. Files whose name is no hash were put there by hand, for what they once broke:
they stay.
"""
import hashlib
import os
import re
import subprocess
import sys
import tempfile


def features(program, folders):
    """[(path, set of what it covers)]"""
    with tempfile.TemporaryDirectory() as out:
        control = os.path.join(out, "control")
        merged = os.path.join(out, "merged")
        os.mkdir(merged)
        done = subprocess.run(
            [program, "-set_cover_merge=1", "-use_counters=0", "-merge_control_file=" + control, merged]
            + folders, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            sys.stderr.buffer.write(done.stderr)
            sys.exit(1)
        with open(control, encoding="utf-8") as f:
            lines = f.read().split("\n")
    count = int(lines[0])
    names = lines[2:2 + count]
    sets = [set() for _ in names]
    for line in lines[2 + count:]:
        word = line.split()
        if word[:1] == ["FT"]:
            sets[int(word[1])] = set(word[2:])
    return list(zip(names, sets))


def take(inputs, most):
    covered, taken = set(), []
    left = sorted(inputs, key=lambda x: os.path.getsize(x[0]))
    while left and len(taken) < most:
        best = max(left, key=lambda x: len(x[1] - covered))
        if not best[1] - covered:
            break
        covered |= best[1]
        taken.append(best[0])
        left.remove(best)
    everything = set().union(*(x[1] for x in inputs)) if inputs else set()
    return taken, len(covered), len(everything)


def main():
    program, kept, found = sys.argv[1:4]
    most = int(sys.argv[4]) if len(sys.argv) > 4 else 40
    by_hand = [n for n in os.listdir(kept) if not re.fullmatch("[0-9a-f]{12,40}", n)]
    taken, covered, everything = take(features(program, [kept, found]), most)
    content = []
    for path in taken:
        with open(path, "rb") as f:
            content.append(f.read())
    for name in os.listdir(kept):
        if name not in by_hand:
            os.remove(os.path.join(kept, name))
    for data in content:
        with open(os.path.join(kept, hashlib.sha1(data).hexdigest()[:12]), "wb") as f:
            f.write(data)
    print(f"{os.path.basename(kept)}: {len(content)} inputs, {sum(map(len, content))} bytes, "
          f"{covered} of {everything} features; {len(by_hand)} put there by hand")


if __name__ == "__main__":
    main()
