// Makes a failing request small: leaves out one thing after another as long as it goes on failing.

/** All objects and lists within, the root included, outer ones first. */
function* places(node) {
  if (typeof node !== 'object' || node === null) return;
  yield node;
  for (const child of Object.values(node)) yield* places(child);
}

/** Every way of leaving one thing out or making it plainer, as a function that does it to a copy. */
function* cuts(request) {
  const all = [...places(request)];
  for (let i = 0; i < all.length; i++) {
    const node = all[i];
    if (Array.isArray(node)) {
      for (let k = node.length - 1; k >= 0; k--) yield (copy) => { [...places(copy)][i].splice(k, 1); };
      continue;
    }
    for (const key of Object.keys(node)) {
      if (node === request) continue;
      yield (copy) => { delete [...places(copy)][i][key]; };
      const value = node[key];
      if (Array.isArray(value) && value.length === 1 && key !== 'steps')
        yield (copy) => { const at = [...places(copy)][i]; [at[key]] = at[key]; };
      if (value?.target !== undefined && Object.keys(value).length === 1)
        yield (copy) => { const at = [...places(copy)][i]; at[key] = at[key].target; };
    }
  }
}

/** `fails(request)` holds for the request given, and for the smaller one that comes back. */
export function shrink(request, fails, most = 4000) {
  let best = request, left = most;
  for (let found = true; found && left > 0;) {
    found = false;
    const count = [...cuts(best)].length;
    for (let i = 0; i < count && left > 0; i++) {
      const cut = [...cuts(best)][i];
      if (cut === undefined) break;
      const copy = structuredClone(best);
      cut(copy);
      left--;
      if (!fails(copy)) continue;
      best = copy;
      found = true;
      i--;
    }
  }
  return best;
}
