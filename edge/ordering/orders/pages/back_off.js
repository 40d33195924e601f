// How long a page waits before retrying an unreachable box: doubling each time, randomised so pages don't retry together.

export function backOff(firstMs, mostMs) {
  let fails = 0;
  return {
    next: () => Math.min(firstMs * 2 ** Math.min(fails++, 16), mostMs) * (0.75 + Math.random() / 4),
    over: () => (fails = 0),
  };
}
