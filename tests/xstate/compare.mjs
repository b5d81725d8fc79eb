// Runs requests on both sides and says where the answers part.
import { spawnSync } from 'node:child_process';
import { LONG, SHORT, answer, load } from './reference.mjs';

/** What anju answers, in the order of the requests. */
export function anju(anjuctl, requests) {
  const input = requests.map((one) => `${JSON.stringify(one)}\n`).join('');
  const ran = spawnSync(anjuctl, ['chart', 'run'], { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (ran.status !== 0) throw new Error(`anjuctl ends with ${ran.status ?? ran.signal}: ${ran.stderr}`);
  return ran.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

const text = (result) => JSON.stringify([result.status, [...result.states].sort(), result.trace]);

/**
 * The first difference in words, or null. How far a machine came that has no end is no difference: both must only
 * say so. Where the reference was stopped after too many events nothing more can be compared, if it was let run
 * for long (`patient`). Of a refusal the words are free.
 */
export function difference(a, b, patient = true) {
  if (a.error !== undefined || b.error !== undefined) {
    if (a.error !== undefined && b.error !== undefined) return null;
    return a.error !== undefined ? `anju refuses: ${a.error}` : `XState refuses: ${b.error}`;
  }
  for (let i = 0; i < Math.max(a.results.length, b.results.length); i++) {
    const [x, y] = [a.results[i], b.results[i]];
    if (y?.cut && patient) return null;
    if (x?.status === 'error' && y?.status === 'error') return null;
    if (x === undefined || y === undefined) return `result ${i} is missing`;
    if (text(x) !== text(y)) return `result ${i}: anju ${text(x)}, XState ${text(y)}`;
  }
  return null;
}

/** XState as it is and with its known faults mended, one by one or together. */
export class Reference {
  constructor(dist, faults) {
    this.dist = dist;
    this.faults = faults;
    this.variants = new Map();
  }

  answer(request, names = [], limits = LONG) {
    const key = names.join();
    if (!this.variants.has(key)) {
      const mends = this.faults.filter((fault) => names.includes(fault.name)).flatMap((fault) => fault.mend);
      this.variants.set(key, load(this.dist, mends));
    }
    return answer(this.variants.get(key), request, limits);
  }

  /** The first difference between what anju answered and XState with these faults mended. */
  differs(request, got, names = []) {
    const there = this.answer(request, names, SHORT);
    const soon = difference(got, there, false);
    // most of what has no end shows soon; only where the two differ then it is worth to wait for the end
    if (soon === null || !there.results?.some((one) => one.status === 'error')) return soon;
    return difference(got, this.answer(request, names));
  }

  /**
   * The known faults that explain why XState answers differently: with these mended it answers as anju does. One
   * alone if one is enough, else two, else all. [] if there is nothing to explain, null if they do not explain it.
   */
  explain(request, got) {
    const names = this.faults.map((fault) => fault.name);
    const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b]));
    const fits = (set) => this.differs(request, got, set) === null;
    if (fits([])) return [];
    if (!fits(names)) return null;
    return [...names.map((name) => [name]), ...pairs].find(fits) ?? names;
  }
}
