// Converts between positions in the rectified bay and in the picture, using the perspective of the bay's four corners.

export function toPicture(corners, u, v) {
  const [a, b, c, d, e, f, g, h] = matrix(corners);
  const deep = g * u + h * v + 1;
  return [(a * u + b * v + c) / deep, (d * u + e * v + f) / deep];
}

export function toBay(corners, x, y) {
  const [a, b, c, d, e, f, g, h] = matrix(corners);
  // Two linear equations in u and v: (a - g x) u + (b - h x) v = x - c, and the same for y.
  const [p, q, r] = [a - g * x, b - h * x, x - c];
  const [s, t, w] = [d - g * y, e - h * y, y - f];
  const base = p * t - q * s || 1e-9;
  return [(r * t - q * w) / base, (p * w - r * s) / base];
}

function matrix([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3];
  const [dx1, dy1, dx2, dy2] = [x1 - x2, y1 - y2, x3 - x2, y3 - y2];
  const base = dx1 * dy2 - dx2 * dy1 || 1e-9;
  const [g, h] = [(sx * dy2 - dx2 * sy) / base, (dx1 * sy - sx * dy1) / base];
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h];
}
