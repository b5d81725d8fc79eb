// A tiny generator of random numbers of its own, so that a seed means the same machine on every computer.
export class Random {
  constructor(seed) {
    this.state = (seed * 0x9e3779b1 + 0x85ebca6b) >>> 0;
    this.next();
  }

  next() { // mulberry32: 0 <= n < 1
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n) { return Math.floor(this.next() * n); }
  between(low, high) { return low + this.below(high - low + 1); }
  chance(p) { return this.next() < p; }
  pick(list) { return list[this.below(list.length)]; }

  some(list, most) { // up to `most` different ones, in the order of the list
    const left = [...list];
    while (left.length > most) left.splice(this.below(left.length), 1);
    return left;
  }
}
