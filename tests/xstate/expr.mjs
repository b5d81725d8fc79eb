// The expressions that machines of this test use, in both spellings: what CEL and the plain one have in common.
// Whole numbers are BigInt. An expression without a value throws Undecided.
export class Undecided extends Error {}
/** Not of the part of the language that is known here. */
export class Foreign extends Error {}

const TOKEN = /\s*(?:(\d+)|"([^"]*)"|'([^']*)'|([A-Za-z_][A-Za-z0-9_]*)|(\|\||&&|[=!<>]=|[-+*<>!().,?:]))/y;

function tokens(text) {
  const out = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const m = TOKEN.exec(text);
    if (m === null) throw new Foreign(text);
    if (m[1] !== undefined) out.push({ value: BigInt(m[1]) });
    else if (m[2] !== undefined || m[3] !== undefined) out.push({ value: m[2] ?? m[3] });
    else if (m[4] !== undefined) out.push({ name: m[4] });
    else out.push({ op: m[5] });
  }
  return out;
}

const LEVELS = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*']];

class Parser {
  constructor(text) {
    this.list = tokens(text);
    this.at = 0;
  }

  is(op) { return this.list[this.at]?.op === op; }
  take(op) {
    if (!this.is(op)) throw new Foreign(`${op} expected`);
    this.at++;
  }

  whole() {
    const tree = this.choice();
    if (this.at !== this.list.length) throw new Foreign('more than an expression');
    return tree;
  }

  choice() {
    const test = this.binary(0);
    if (!this.is('?')) return test;
    this.take('?');
    const yes = this.choice();
    this.take(':');
    return { op: '?', args: [test, yes, this.choice()] };
  }

  binary(level) {
    if (level === LEVELS.length) return this.unary();
    let left = this.binary(level + 1);
    while (LEVELS[level].includes(this.list[this.at]?.op)) {
      const { op } = this.list[this.at++];
      left = { op, args: [left, this.binary(level + 1)] };
    }
    return left;
  }

  unary() {
    for (const op of ['!', '-']) {
      if (this.is(op)) {
        this.take(op);
        return { op: op === '-' ? 'neg' : op, args: [this.unary()] };
      }
    }
    return this.primary();
  }

  primary() {
    if (this.is('(')) {
      this.take('(');
      const inner = this.choice();
      this.take(')');
      return inner;
    }
    const one = this.list[this.at++];
    if (one === undefined || one.op !== undefined) throw new Foreign('a value expected');
    if (one.name === undefined) return one;
    if (one.name === 'true' || one.name === 'false') return { value: one.name === 'true' };
    if (this.is('(')) {
      this.take('(');
      const arg = this.choice();
      this.take(')');
      if (one.name !== 'has' && one.name !== 'In') throw new Foreign(one.name);
      return { op: one.name, args: [arg] };
    }
    this.take('.');
    const name = this.list[this.at++]?.name;
    if (name === undefined || this.is('(') || this.is('.')) throw new Foreign('a method');
    return { op: 'member', of: one.name, name };
  }
}

const parsed = new Map();

export function parse(text) {
  if (!parsed.has(text)) parsed.set(text, new Parser(text).whole());
  return parsed.get(text);
}

const fail = () => { throw new Undecided(); };

function value(json) {
  if (Number.isInteger(json)) return BigInt(json);
  return typeof json === 'string' || typeof json === 'boolean' ? json : fail();
}

function whole(n) { return n >= -(2n ** 63n) && n < 2n ** 63n ? n : fail(); }

function truth(v) { return typeof v === 'boolean' ? v : fail(); }

// CEL: what one side decides, the other cannot spoil
function logic(args, world, decisive) {
  let undecided = false;
  for (const arg of args) {
    try {
      if (truth(evaluate(arg, world)) === decisive) return decisive;
    } catch (e) {
      if (!(e instanceof Undecided)) throw e;
      undecided = true;
    }
  }
  return undecided ? fail() : !decisive;
}

function arithmetic(op, a, b) {
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return fail();
  return whole(op === '+' ? a + b : op === '-' ? a - b : a * b);
}

function compare(op, a, b) {
  if (op === '==') return a === b;
  if (op === '!=') return a !== b;
  if (typeof a !== typeof b) return fail();
  if (op === '<') return a < b;
  return op === '<=' ? a <= b : op === '>' ? a > b : a >= b;
}

/** world: {event, context, isIn(path)} */
export function evaluate(tree, world) {
  const { op, args } = tree;
  if (op === undefined) return tree.value;
  if (op === 'member') {
    const json = (tree.of === 'event' ? world.event : world.context)[tree.name];
    return json === undefined ? fail() : value(json);
  }
  if (op === 'has') return (args[0].of === 'event' ? world.event : world.context)[args[0].name] !== undefined;
  if (op === 'In') return world.isIn(evaluate(args[0], world));
  if (op === '||') return logic(args, world, true);
  if (op === '&&') return logic(args, world, false);
  if (op === '?') return evaluate(truth(evaluate(args[0], world)) ? args[1] : args[2], world);
  if (op === '!') return !truth(evaluate(args[0], world));
  if (op === 'neg') return arithmetic('-', 0n, evaluate(args[0], world));
  const a = evaluate(args[0], world), b = evaluate(args[1], world);
  return ['+', '-', '*'].includes(op) ? arithmetic(op, a, b) : compare(op, a, b);
}

/** The third spelling, a condition as data: only the event's payload and active states. */
export function test(one, world) {
  const { op, field } = one;
  if (op === true || op === 'true') return true;
  if (op === false || op === 'false') return false;
  if (op === 'in') return world.isIn(one.state);
  if (op === 'not') return !test(one.arg, world);
  if (op === 'and') return one.args.every((arg) => test(arg, world));
  if (op === 'or') return one.args.some((arg) => test(arg, world));
  const found = world.event[field];
  if (op === 'has') return found !== undefined;
  const same = typeof found === typeof one.value;
  if (op === 'ne') return !same || found !== one.value;
  if (!same) return false;
  return op === 'eq' ? found === one.value : op === 'lt' ? found < one.value : found >= one.value;
}
