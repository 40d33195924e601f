// Bar charts of days as SVG, with the same data as the table beside them. Colours and fonts come from the style sheet.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const HEIGHT = 200;
const FOOT = 22; // for the days below
const HEAD = 16; // for the highest value
const EDGE = 18; // half of the longest name of a day, which would be cut at a side
const LABELS = 8; // days that are named at most

function made(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

// `points`: [label, value, text, compared value or none], oldest first; `name`: the accessible name. Mirrored for right-to-left.
export function bars(place, name, points) {
  if (points.length < 2) return place.replaceChildren();
  const heights = points.flatMap(([, value, , once = 0]) => [value, once]);
  const [high, low] = [Math.max(...heights, 0), Math.min(...heights, 0)];
  const scale = (HEIGHT - FOOT - HEAD) / (high - low || 1);
  const zero = HEAD + high * scale;
  const step = WIDTH / points.length;
  const every = Math.ceil(points.length / LABELS);
  const backwards = document.documentElement.dir === "rtl";
  const drawn = made("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "bars", role: "img", "aria-label": name, direction: "ltr" });
  for (const [at, [label, value, said, once = 0]] of points.entries()) {
    const left = (backwards ? points.length - 1 - at : at) * step;
    const top = zero - Math.max(value, 0) * scale;
    if (once > 0) drawn.append(made("rect", { x: left + step * 0.05, y: zero - once * scale, width: step * 0.9, height: Math.max(once * scale, 1), class: "once" }));
    const bar = made("rect", { x: left + step * 0.15, y: top, width: step * 0.7, height: Math.max(Math.abs(value) * scale, 1), class: value < 0 ? "below" : "" });
    bar.append(made("title", {}, `${label}: ${said}`));
    drawn.append(bar);
    if (at % every === 0) drawn.append(made("text", { x: Math.min(Math.max(left + step / 2, EDGE), WIDTH - EDGE), y: HEIGHT - 6, "text-anchor": "middle" }, label));
  }
  drawn.append(made("line", { x1: 0, x2: WIDTH, y1: zero, y2: zero }));
  const top = points.reduce((most, one) => (one[1] > most[1] ? one : most));
  drawn.append(made("text", { x: backwards ? WIDTH - 2 : 2, y: Math.max(11, zero - Math.max(top[1], 0) * scale - 4), "text-anchor": backwards ? "end" : "start", class: "most" }, top[2]));
  return place.replaceChildren(drawn);
}
