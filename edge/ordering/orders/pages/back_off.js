// How long a page waits before it asks a box again that is away: twice as long each time, and never all pages at once.

export function backOff(firstMs, mostMs) {
  let fails = 0;
  return {
    next: () => Math.min(firstMs * 2 ** Math.min(fails++, 16), mostMs) * (0.75 + Math.random() / 4),
    over: () => (fails = 0),
  };
}
