// Holds anju's charts against XState: seeded random machines, the examples of the manual and the corpus of
// tests/data, all in the format of `anjuctl chart run`.
//
//   node main.mjs --anjuctl PROGRAM --xstate PACKAGE_FOLDER --corpus FOLDER... [--count N] [--from SEED] [--seed N]
//
// --count    machines, default 2000 or $ANJU_XSTATE_MACHINES; --from is the seed of the first one, default 1
// --seed N   only this machine, with everything about it
//
// A difference is let pass only if a known fault of XState explains it (known.json): then XState with that fault
// mended answers as anju does. Anything else is made small, printed and ends the run with 1.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Reference, anju, difference } from './compare.mjs';
import { generate } from './generate.mjs';
import { shrink } from './shrink.mjs';

const BATCH = 250;
const MOST_SHOWN = 5;

const { values: options } = parseArgs({
  options: {
    anjuctl: { type: 'string' },
    xstate: { type: 'string' },
    corpus: { type: 'string', multiple: true, default: [] },
    count: { type: 'string', default: process.env.ANJU_XSTATE_MACHINES ?? '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

const known = JSON.parse(fs.readFileSync(new URL('known.json', import.meta.url), 'utf8'));
for (const fault of known)
  for (const mend of fault.mend) for (const side of ['find', 'replace']) mend[side] = mend[side].join('\n');
const reference = new Reference(path.join(options.xstate, 'dist'), known);

let faults = 0;

function complain(name, ...lines) {
  faults++;
  console.log(`FAULT ${name}`);
  for (const line of lines) console.log(`  ${line}`);
}

/** A difference that nothing explains, as small as it gets. */
function show(request, got, words) {
  const fails = (copy) => {
    let answers;
    try {
      answers = anju(options.anjuctl, [copy]);
    } catch {
      return false;
    }
    const parts = answers[0].error === undefined ? reference.differs(copy, answers[0]) : null;
    return parts !== null && !parts.includes('refuses') && reference.explain(copy, answers[0]) === null;
  };
  const small = fails(request) ? shrink(request, fails) : request;
  const [again] = anju(options.anjuctl, [small]);
  complain(request.id, words, `small: ${JSON.stringify(small)}`, `  anju   ${JSON.stringify(again)}`,
    `  XState ${JSON.stringify(reference.answer(small))}`);
}

function compare(requests, seen) {
  anju(options.anjuctl, requests).forEach((got, i) => {
    const results = got.results ?? [];
    seen.count++;
    if (got.error !== undefined) seen.refused++;
    if (results.at(-1)?.status === 'done') seen.done++;
    if (results.some((one) => one.status === 'error')) seen.endless++;
    seen.moved += results.slice(1).filter((one) => one.trace.length > 0).length;
    const words = reference.differs(requests[i], got);
    if (words === null) return;
    const why = reference.explain(requests[i], got);
    if (why === null) {
      if (faults < MOST_SHOWN) show(requests[i], got, words);
      else complain(requests[i].id, words);
      return;
    }
    for (const name of why) seen.known.set(name, (seen.known.get(name) ?? 0) + 1);
  });
}

const fresh = () => ({ count: 0, refused: 0, done: 0, endless: 0, moved: 0, known: new Map() });

function tell(what, seen) {
  const faulty = known.filter((fault) => seen.known.has(fault.name))
    .map((fault) => `${fault.name} ${seen.known.get(fault.name)}`);
  console.log(`${what}: ${seen.count} machines; ${seen.moved} steps that moved, ${seen.done} machines came to their ` +
    `end, ${seen.endless} had none, ${seen.refused} were refused`);
  console.log(`  known differences: ${faulty.join(', ') || 'none'}`);
}

// Every entry of the list is still needed: its machine shows the fault, just as it is written there.
function stillNeeded() {
  for (const fault of known) {
    const request = { id: fault.name, machine: fault.machine, steps: fault.steps };
    const [got] = anju(options.anjuctl, [request]);
    const there = reference.answer(request);
    const why = reference.explain(request, got);
    if (difference(got, { results: fault.anju }) !== null)
      complain(`${fault.name}: anju answers otherwise than known.json says`, JSON.stringify(got.results));
    if (difference({ results: fault.xstate }, there) !== null)
      complain(`${fault.name}: XState answers otherwise than known.json says`, JSON.stringify(there.results));
    if (why?.length !== 1 || why[0] !== fault.name)
      complain(`${fault.name}: its machine is explained by ${why === null ? 'nothing' : why.join(', ') || 'no fault'}`);
  }
  console.log(`known.json: ${known.length} faults of XState, each with a machine that shows it`);
}

/** Requests of *.jsonl: those that anju answers, and that use no more of the language than expr.mjs knows. */
function corpus(folder) {
  const requests = [];
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort()) {
    for (const line of fs.readFileSync(path.join(folder, file), 'utf8').split('\n')) {
      if (!line.startsWith('{')) continue;
      let one;
      try {
        one = JSON.parse(line);
      } catch {
        continue; // broken on purpose
      }
      if (one.machine !== undefined && typeof one.id === 'string') requests.push(one);
    }
  }
  const seen = fresh();
  const accepted = anju(options.anjuctl, requests).map((got) => got.error === undefined);
  const fit = requests.filter((one, i) => accepted[i] && !reference.answer(one).foreign);
  compare(fit, seen);
  tell(`${path.basename(path.dirname(folder))}/${path.basename(folder)}`, seen);
}

function random(from, count) {
  const seen = fresh();
  for (let done = 0; done < count; done += BATCH) {
    const n = Math.min(BATCH, count - done);
    compare(Array.from({ length: n }, (_, i) => generate(from + done + i)), seen);
  }
  tell(`seeds ${from} to ${from + count - 1}`, seen);
  if (seen.refused > 0) complain(`${seen.refused} machines were refused: the generator writes what is no machine`);
}

if (options.seed !== undefined) {
  const request = generate(Number(options.seed));
  const [got] = anju(options.anjuctl, [request]);
  console.log(JSON.stringify(request));
  console.log(`anju   ${JSON.stringify(got)}\nXState ${JSON.stringify(reference.answer(request))}`);
  const why = reference.explain(request, got);
  console.log(why === null ? 'they differ' : why.length === 0 ? 'they agree' : `known: ${why.join(', ')}`);
  if (why === null) show(request, got, reference.differs(request, got));
} else {
  stillNeeded();
  options.corpus.forEach(corpus);
  random(Number(options.from), Number(options.count));
}
console.log(faults === 0 ? 'no difference outside of the list' : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
