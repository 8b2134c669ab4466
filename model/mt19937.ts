const N = 624;
const M = 397;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;
const MATRIX = 0x9908b0df;

/** NumPy's legacy generator: MT19937 seeded as `RandomState(seed)`, with its masked-rejection integers. */
export class Mt19937 {
  private readonly state = new Uint32Array(N);
  private index = N;

  /** `seed` is a whole number in [0, 2^32); NumPy seeds such a scalar by `init_genrand`. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new RangeError(`seed must be a whole number from 0 to 4294967295, not ${seed}`);
    }
    const { state } = this;
    state[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** The next 32 random bits as an unsigned number. */
  uint32(): number {
    if (this.index === N) this.refill();
    let y = this.state[this.index++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** A whole number in [0, max], both ends included, as NumPy's `random_interval` and `randint` draw it. */
  interval(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    let value = (this.uint32() & mask) >>> 0;
    while (value > max) value = (this.uint32() & mask) >>> 0;
    return value;
  }

  /** `RandomState.permutation(n)`: Fisher-Yates from the end. */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.interval(i);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  private refill(): void {
    for (let k = 0; k < N - M; k++) this.twist(k, k + 1, k + M);
    for (let k = N - M; k < N - 1; k++) this.twist(k, k + 1, k + M - N);
    this.twist(N - 1, 0, M - 1);
    this.index = 0;
  }

  private twist(k: number, next: number, far: number): void {
    const { state } = this;
    const y = (state[k] & UPPER) | (state[next] & LOWER);
    state[k] = state[far] ^ (y >>> 1) ^ (-(y & 1) & MATRIX);
  }
}
