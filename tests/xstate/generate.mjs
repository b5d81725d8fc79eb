// Random requests of `anjuctl chart run`, one for each seed: machines that both sides accept, with all constructs,
// and steps that make them move. What is easy to get wrong is drawn more often than authors would write it.
import { Random } from './random.mjs';

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const EVENTS = ['E', 'F', 'G', 'n', 'n.o', 'n.o.p', 'I', 'I.x'];
const DESCRIPTORS = ['E', 'F', 'G', 'E', 'F', 'n', 'n.o', 'n.o.p', 'n.*', 'n.o.*', 'I', 'I.*', '*'];
const DELAYS = [0, 5, 10, 10, 20, 50, 100];
const MOVES = [0, 1, 5, 10, 20, 50, 100, 250];
const SEND_IDS = ['s1', 's2', 's3'];

class Generator {
  constructor(seed) {
    this.random = new Random(seed);
    const r = this.random;
    // every machine has its own taste, so that rare constructs also meet in numbers
    this.taste = {
      depth: r.between(1, 4),
      parallel: r.pick([0.1, 0.3, 0.5]),
      history: r.pick([0, 0.2, 0.5]),
      final: r.pick([0, 0.15, 0.35]),
      always: r.pick([0, 0.07, 0.2]),
      after: r.pick([0, 0.15, 0.3]),
      onDone: r.pick([0.2, 0.6]),
      raise: r.pick([0, 0.06, 0.15]),
      reenter: r.pick([0.05, 0.3]),
      many: r.pick([0.1, 0.4]),
      odd: r.pick([0.02, 0.1]),
    };
    this.states = [];
    this.named = 0;
    this.traced = 0;
  }

  // --- the tree ---

  tree(key, parent, depth) {
    const r = this.random, { taste } = this;
    const node = { key, parent, children: [], type: 'atomic', json: {} };
    node.path = parent === null ? [] : [...parent.path, key];
    this.states.push(node);
    const inner = parent === null || (depth > 0 && r.chance(0.55));
    if (!inner) {
      if (parent !== null && r.chance(parent.type === 'parallel' ? taste.odd : taste.final)) node.type = 'final';
      return node;
    }
    node.type = r.chance(taste.parallel) ? 'parallel' : 'compound';
    const n = r.between(r.chance(taste.odd) ? 1 : 2, parent === null ? 4 : 3);
    const keys = KEYS.slice(0, n);
    const history = r.chance(taste.history) ? r.between(0, n) : -1;
    for (let i = 0; i <= n; i++) {
      if (i === history) this.history(node);
      if (i < n) node.children.push(this.tree(keys[i], node, depth - 1));
    }
    return node;
  }

  history(parent) {
    for (let i = this.random.chance(0.2) ? 2 : 1; i > 0; i--) {
      const key = `h${i}`;
      const node = { key, parent, children: [], type: 'history', json: {}, path: [...parent.path, key] };
      node.deep = this.random.chance(0.5);
      this.states.push(node);
      parent.children.push(node);
    }
  }

  id(node) { return node.json.id ?? ['m', ...node.path].join('.'); }

  /** One of the ways to write a target. */
  target(from, to) {
    const r = this.random, ways = [`#${this.id(to)}`];
    const inside = (base) => base !== null && base.path.length < to.path.length &&
      base.path.every((key, i) => key === to.path[i]);
    const rest = (base) => to.path.slice(base.path.length).join('.');
    if (inside(from) && from.type !== 'history') ways.push(`.${rest(from)}`, `.${rest(from)}`);
    if (inside(from.parent)) ways.push(rest(from.parent), rest(from.parent));
    for (let up = to.parent; up !== null; up = up.parent) {
      if (up.json.id !== undefined) ways.push(`#${up.json.id}.${rest(up)}`);
    }
    return r.pick(ways);
  }

  inner(node) { return this.states.filter((s) => s !== node && this.below(s, node)); }
  below(state, node) {
    for (let up = state.parent; up !== null; up = up.parent) if (up === node) return true;
    return false;
  }

  /** States that can be active together: one inside each of some regions, or one alone. */
  together(pool) {
    const r = this.random;
    const first = r.pick(pool);
    if (!r.chance(this.taste.many)) return [first];
    const parallel = pool.filter((s) => s.type === 'parallel');
    if (parallel.length === 0) return [first];
    const top = r.pick(parallel);
    const regions = r.some(top.children.filter((s) => s.type !== 'history'), 3);
    return regions.map((region) => r.pick([region, ...this.inner(region)]));
  }

  targets(from, pool) {
    const texts = this.together(pool).map((to) => this.target(from, to));
    return texts.length === 1 && this.random.chance(0.7) ? texts[0] : texts;
  }

  // --- guards, actions ---

  path() { return this.random.pick(this.states.filter((s) => s.parent !== null)).path.join('.'); }

  test(depth = 2) {
    const r = this.random;
    if (depth > 0 && r.chance(0.3)) {
      if (r.chance(0.4)) return { op: 'not', arg: this.test(depth - 1) };
      return { op: r.pick(['and', 'or']), args: [this.test(depth - 1), this.test(depth - 1)] };
    }
    const op = r.pick([true, false, 'has', 'eq', 'ne', 'lt', 'ge', 'in', 'in']);
    if (typeof op === 'boolean') return { op };
    if (op === 'in') return { op, state: this.path() };
    const field = r.pick(['n', 'n', 's']);
    return op === 'has' ? { op, field } : { op, field, value: field === 'n' ? r.below(4) : r.pick(['x', 'y']) };
  }

  number(depth) {
    const r = this.random;
    if (depth > 0 && r.chance(0.3))
      return `(${this.number(depth - 1)} ${r.pick(['+', '-', '*'])} ${this.number(depth - 1)})`;
    if (r.chance(0.02)) return '9223372036854775807';
    return r.pick(['event.n', 'context.v', 'context.v', 'context.w', String(r.below(4))]);
  }

  condition(cel, depth = 2) {
    const r = this.random;
    if (depth > 0 && r.chance(0.35)) {
      if (r.chance(0.3)) return `!(${this.condition(cel, depth - 1)})`;
      const op = r.pick(['&&', '||']);
      return `(${this.condition(cel, depth - 1)} ${op} ${this.condition(cel, depth - 1)})`;
    }
    if (r.chance(0.08)) return r.pick(['true', 'false', 'event.b', 'event.s == "x"', 'event.s != "x"']);
    if (cel && r.chance(0.2)) return `has(event.${r.pick(['n', 's'])})`;
    if (cel && r.chance(0.25)) return `In("${this.path()}")`;
    return `${this.number(1)} ${r.pick(['==', '!=', '<', '<=', '>', '>='])} ${this.number(1)}`;
  }

  guard() {
    const kind = this.random.pick(['test', 'test', 'cel', 'expr']);
    if (kind === 'test') return { type: kind, params: this.test() };
    return { type: kind, params: { expr: this.condition(kind === 'cel') } };
  }

  event(inside = false) {
    const r = this.random, event = { type: r.pick(inside ? ['I', 'I.x', ...EVENTS] : EVENTS) };
    if (r.chance(0.6)) event.n = r.below(4);
    if (r.chance(0.2)) event.s = r.pick(['x', 'y']);
    if (r.chance(0.1)) event.b = r.chance(0.5);
    return event;
  }

  /** `quiet`: what runs by itself seldom sets off more, or most machines would have no end. */
  actions(name, quiet = false) {
    const r = this.random, out = [], raise = this.taste.raise * (quiet ? 0.2 : 1);
    if (r.chance(0.75)) out.push({ type: 'trace', params: { name } });
    if (r.chance(0.12)) {
      const expr = r.pick([`${this.number(1)}`, 'context.v + 1', 'context.v + 1', 'event.n', '0', '1']);
      out.push({ type: 'assign', params: { location: r.pick(['v', 'v', 'w']), expr } });
    }
    if (r.chance(raise)) out.push({ type: 'raise', params: { event: this.event(true) } });
    if (r.chance(raise / 3)) out.push({ type: 'send', params: { event: this.event(true) } });
    if (r.chance(this.taste.after / 3)) {
      const params = { event: this.event(), delay: r.pick(DELAYS) };
      if (r.chance(0.6)) params.id = r.chance(this.taste.odd) ? r.pick(SEND_IDS) : `${r.pick(SEND_IDS)}_${++this.named}`;
      if (params.id !== undefined) this.sent.push(params.id);
      out.push({ type: 'send', params });
    }
    if (this.sent.length > 0 && r.chance(0.1)) out.push({ type: 'cancel', params: { id: r.pick(this.sent) } });
    if (r.chance(0.1) && out.length > 0) out.push({ type: 'trace', params: { name: `${name}'` } });
    if (out.length === 0) return undefined;
    return out.length === 1 && r.chance(0.5) ? out[0] : out;
  }

  // --- transitions ---

  transition(from, guarded, quiet) {
    const r = this.random, { taste } = this;
    const pool = this.states.filter((s) => s.parent !== null || r.chance(taste.odd));
    if (r.chance(0.05) && guarded < 0.5) return {};
    const out = {};
    if (r.chance(guarded)) out.guard = this.guard();
    if (!r.chance(0.15)) {
      const self = r.chance(0.1), down = this.inner(from);
      out.target = self ? this.target(from, from)
        : this.targets(from, down.length > 0 && r.chance(0.25) ? down : pool);
      if (r.chance(taste.reenter)) out.reenter = r.chance(0.9);
    }
    const actions = r.chance(0.6) ? this.actions(`t${++this.traced}`, quiet) : undefined;
    if (actions !== undefined) out.actions = actions;
    if (typeof out.target === 'string' && Object.keys(out).length === 1 && r.chance(0.5)) return out.target;
    return out;
  }

  candidates(from, guarded, quiet) {
    const r = this.random;
    if (r.chance(0.03)) return [];
    if (r.chance(0.7)) return this.transition(from, guarded, quiet);
    return Array.from({ length: r.between(1, 3) }, () => this.transition(from, guarded, quiet));
  }

  /** An eventless transition that makes its own guard false. */
  once(from) {
    const r = this.random, n = r.below(3);
    const out = this.transition(from, 0, true);
    if (typeof out === 'string') return [];
    out.guard = { type: r.pick(['cel', 'expr']), params: { expr: `context.v == ${n}` } };
    const more = Array.isArray(out.actions) ? out.actions : out.actions === undefined ? [] : [out.actions];
    out.actions = [{ type: 'assign', params: { location: 'v', expr: r.pick(['context.v + 1', '3']) } }, ...more];
    return out;
  }

  reactions(node) {
    const r = this.random, { taste } = this, on = {};
    for (let i = r.pick([0, 1, 1, 2, 3]); i > 0; i--) {
      const descriptor = r.pick(DESCRIPTORS);
      on[descriptor] = this.candidates(node, 0.35, 'I*'.includes(descriptor[0]));
    }
    if (r.chance(taste.odd)) {
      const done = this.states.filter((s) => s.type === 'compound' || s.type === 'parallel');
      const name = `xstate.done.state.${this.id(r.pick(done))}`;
      // of the same state onDone stands for it
      if (name !== `xstate.done.state.${this.id(node)}`) on[name] = this.candidates(node, 0.2, true);
    }
    if (Object.keys(on).length > 0) node.json.on = on;
    if (r.chance(taste.always)) node.json.always = r.chance(0.5) ? this.once(node) : this.candidates(node, 0.93, true);
    if (r.chance(taste.after)) {
      const after = {};
      for (let i = r.between(1, 2); i > 0; i--) after[r.pick(DELAYS)] = this.candidates(node, 0.25, true);
      node.json.after = after;
    }
    if ((node.type === 'compound' || node.type === 'parallel') && r.chance(taste.onDone))
      node.json.onDone = this.candidates(node, 0.2, true);
  }

  calls(node, key, name) {
    const actions = this.actions(name, this.random.chance(0.7));
    if (actions !== undefined && this.random.chance(0.8)) node.json[key] = actions;
  }

  initial(node) {
    const r = this.random;
    const children = node.children.filter((s) => s.type !== 'history' || (s.json.target !== undefined && r.chance(0.5)));
    const real = children.filter((s) => s.type !== 'final');
    const child = r.pick(real.length > 0 && r.chance(0.9) ? real : children);
    if (!r.chance(0.25)) return child.key;
    const actions = this.actions(`i${node.path.join('.')}`);
    return actions !== undefined ? { target: child.key, actions } : { target: child.key };
  }

  define(node) {
    const { json } = node, r = this.random;
    const name = node.path.join('.');
    if (node.type === 'history') {
      json.type = 'history';
      if (node.deep || r.chance(0.3)) json.history = node.deep ? 'deep' : 'shallow';
      return;
    }
    if (node.type === 'parallel' || node.type === 'final') json.type = node.type;
    this.calls(node, 'entry', `+${name}`);
    this.calls(node, 'exit', `-${name}`);
    if (node.type !== 'final' || r.chance(this.taste.odd)) this.reactions(node);
    if (r.chance(0.05)) json.meta = { words: name };
    if (r.chance(0.05)) json.tags = ['t'];
  }

  defaults(node) { // of a history state: seen from its parent, inside it, no other history state
    const r = this.random;
    if (!r.chance(0.6)) return;
    const pool = this.inner(node.parent).filter((s) => s.type !== 'history');
    const to = this.together(pool).filter((s) => s.type !== 'history');
    if (to.length === 0) return;
    const texts = to.map((s) => (r.chance(0.2) ? `#${this.id(s)}` : s.path.slice(node.parent.path.length).join('.')));
    node.json.target = texts.length === 1 ? texts[0] : texts;
  }

  assemble(node) {
    const { json } = node;
    if (node.type === 'compound') json.initial = this.initial(node);
    if (node.children.length > 0)
      json.states = Object.fromEntries(node.children.map((s) => [s.key, this.assemble(s)]));
    return json;
  }

  steps() {
    const r = this.random, out = [];
    for (let i = r.between(3, 14); i > 0; i--) {
      const kind = r.next();
      if (kind < 0.65) out.push({ event: this.event() });
      else if (kind < 0.92) out.push({ advance: r.pick(MOVES) });
      else out.push({ restart: true });
    }
    return out;
  }

  request(id) {
    this.sent = [];
    const root = this.tree('m', null, this.taste.depth);
    let ids = 0;
    for (const s of this.states) if (s.parent !== null && this.random.chance(0.12)) s.json.id = `id${++ids}`;
    for (const s of this.states) if (s.type === 'history') this.defaults(s);
    for (const s of this.states) this.define(s);
    const json = this.assemble(root);
    const machine = { id: 'm', context: { v: 0, w: 1 }, ...json };
    return { id, machine, steps: this.steps() };
  }
}

export function generate(seed) { return new Generator(seed).request(`seed-${seed}`); }
