// Answers requests of `anjuctl chart run` with XState: the package as it is, or with faults of it mended.
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { createRequire } from 'node:module';
import { Foreign, Undecided, evaluate, parse, test } from './expr.mjs';

/** What has no end must be stopped: microsteps an event, events a step. anju goes further, to 1,000 and 10,000. */
export const SHORT = { microsteps: 120, events: 200 };
export const LONG = { microsteps: 1000, events: 4000 };

/** XState out of the folder `dist`, with the texts of `mends` ({find, replace}) replaced in its files. */
export function load(dist, mends = []) {
  const require = createRequire(import.meta.url);
  const modules = new Map(), used = new Set();
  const get = (file) => {
    if (modules.has(file)) return modules.get(file).exports;
    const module = { exports: {} };
    modules.set(file, module);
    let text = fs.readFileSync(path.join(dist, file), 'utf8');
    for (const mend of mends) {
      if (!text.includes(mend.find)) continue;
      text = text.replace(mend.find, () => mend.replace);
      used.add(mend);
    }
    const run = vm.runInThisContext(`(function(module, exports, require) {${text}\n})`, { filename: file });
    run(module, module.exports, (name) => (name.startsWith('./') ? get(name.slice(2)) : require(name)));
    return module.exports;
  };
  const xstate = get('xstate.cjs.js');
  const unused = mends.find((mend) => !used.has(mend));
  if (unused !== undefined) throw new Error(`XState has no such text to mend: ${unused.find}`);
  return xstate;
}

/** A clock that stands still until it is moved; timers due together go in the order in which they were set. */
class Clock {
  constructor() {
    this.now = 0;
    this.timers = new Map();
    this.last = 0;
    this.setTimeout = (fn, ms) => {
      this.timers.set(++this.last, { due: this.now + ms, fn });
      return this.last;
    };
    this.clearTimeout = (id) => this.timers.delete(id);
  }

  advance(ms) {
    const until = this.now + ms;
    for (;;) {
      let first;
      for (const [id, timer] of this.timers) {
        if (timer.due <= until && (first === undefined || timer.due < this.timers.get(first).due)) first = id;
      }
      if (first === undefined) break;
      const { due, fn } = this.timers.get(first);
      this.timers.delete(first);
      this.now = due;
      fn();
    }
    this.now = until;
  }
}

const list = (one) => (one === undefined ? [] : Array.isArray(one) ? one : [one]);

/** The authored shape with code in the place of guards and actions. */
class Translation {
  constructor(xstate, run) {
    this.xstate = xstate;
    this.run = run;
  }

  guard({ type, params }) {
    const guard = () => false;
    const tree = type === 'test' ? null : parse(params.expr);
    guard.check = (snapshot, { context, event }) => {
      const isIn = (key) => snapshot._nodes.some((node) => node.path.join('.') === key && node.path.length > 0);
      const world = { context, event, isIn };
      if (type === 'test') return test(params, world);
      try {
        return evaluate(tree, world) === true;
      } catch (e) {
        if (e instanceof Undecided) return false;
        throw e;
      }
    };
    return guard;
  }

  assign({ location, expr }) {
    const tree = parse(expr);
    return this.xstate.enqueueActions(({ context, event, enqueue }) => {
      try {
        const found = evaluate(tree, { context, event, isIn: () => false });
        enqueue.assign({ [location]: typeof found === 'bigint' ? Number(found) : found });
      } catch (e) {
        if (!(e instanceof Undecided)) throw e;
      }
    });
  }

  action({ type, params }) {
    const { xstate, run } = this;
    const event = typeof params.event === 'string' ? { type: params.event } : params.event;
    switch (type) {
      case 'trace': return () => { run.trace.push(params.name); };
      case 'raise': return xstate.raise(event);
      case 'send': return xstate.sendTo(({ self }) => self, event, { delay: params.delay, id: params.id });
      case 'cancel': return xstate.cancel(params.id);
      case 'assign': return this.assign(params);
      default: throw new Error(`no action ${type}`);
    }
  }

  actions(one) { return list(one).map((each) => this.action(each)); }

  transition(one) {
    if (Array.isArray(one)) return one.map((each) => this.transition(each));
    if (typeof one === 'string') return one;
    const out = { ...one };
    if (one.guard !== undefined) out.guard = this.guard(one.guard);
    if (one.actions !== undefined) out.actions = this.actions(one.actions);
    return out;
  }

  transitions(object) {
    return Object.fromEntries(Object.entries(object).map(([key, one]) => [key, this.transition(one)]));
  }

  state(one) {
    const out = { ...one };
    if (typeof one.initial === 'object')
      out.initial = { ...one.initial, actions: this.actions(one.initial.actions) };
    for (const key of ['entry', 'exit']) if (one[key] !== undefined) out[key] = this.actions(one[key]);
    for (const key of ['on', 'after']) if (one[key] !== undefined) out[key] = this.transitions(one[key]);
    for (const key of ['always', 'onDone']) if (one[key] !== undefined) out[key] = this.transition(one[key]);
    if (one.states !== undefined)
      out.states = Object.fromEntries(Object.entries(one.states).map(([key, s]) => [key, this.state(s)]));
    return out;
  }
}

function leaves(snapshot) {
  return snapshot._nodes.filter((node) => node.type === 'atomic' || node.type === 'final')
    .map((node) => node.path.join('.')).sort();
}

function start(xstate, machine, run, limits) {
  const clock = new Clock();
  const config = new Translation(xstate, run).state(machine);
  config.options = { maxIterations: limits.microsteps };
  const logic = xstate.createMachine(config);
  const count = logic.transition;
  logic.transition = (...args) => {
    run.count();
    return count(...args);
  };
  const actor = xstate.createActor(logic, { clock });
  actor.subscribe({ error: () => {} });
  return { actor, clock };
}

/** The answer to one request, an object. */
export function answer(xstate, { id, machine, steps }, limits = LONG) {
  const most = limits.events;
  const run = { trace: [], events: 0, count: () => { if (++run.events > most) throw new Error('no end'); } };
  const results = [];
  try {
    const { actor, clock } = start(xstate, machine, run, limits);
    const told = () => {
      const snapshot = actor.getSnapshot();
      const status = run.events > most ? 'error' : snapshot.status;
      results.push(status === 'error' ? { states: [], trace: [], status }
        : { states: leaves(snapshot), trace: run.trace, status });
      if (run.events > most) results.at(-1).cut = true;
      run.trace = [];
      if (run.events <= most) run.events = 0;
    };
    actor.start();
    told();
    for (const step of steps ?? []) {
      if (step.event !== undefined) actor.send(step.event);
      else if (step.advance !== undefined) clock.advance(step.advance);
      told(); // a restart must not be observable
    }
  } catch (e) {
    return { id, error: e.message, foreign: e instanceof Foreign };
  }
  return { id, results };
}
