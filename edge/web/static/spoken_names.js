// Accessible names for tables and controls, which screen readers read out of context. A table without a name is named after
// the heading above it. One-word buttons, buttons in rows and controls that share a name say what they belong to:
// "Remove, Table 3"; if nothing tells them apart, they are numbered: "Remove, 2".

const CONTROLS = "button, input:not([type=hidden], [type=radio], [type=submit]), select, textarea";
const TITLES = "h1, h2, h3, h4, legend, summary";
const NAMED = "tr, li, article, details, fieldset, form, section, dialog, .card, .entry, [role=group], [role=region], main";
const UNREAD = "button, select, input, textarea, script, style, template, nav, table, [aria-hidden=true], .error, .hint";
const LONGEST = 60;

// The text of a node, without that of its controls and of parts that aren't read.
function wordsOf(node, all = false) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.hidden || (!all && node.matches(UNREAD))) return "";
  if (node.matches("img")) return node.alt;
  return [...node.childNodes].map((child) => wordsOf(child, all)).join(" ");
}
const brief = (text) => text.replace(/\s+/g, " ").trim();
const said = (node) => (node ? brief(wordsOf(node)).slice(0, LONGEST) : "");

function typed(place) {
  const field = place.querySelector("input:not([type]), input[type=text], input[type=search]");
  return field ? field.value.trim().slice(0, LONGEST) : "";
}

// Each of several similar forms is about one item; a single form is about what's above it.
const isOneOfMany = (place) => place.matches("form") && [...place.parentElement.children].filter((one) => one.matches("form") && one.className === place.className).length > 1;

// The titles of a place: its label, its title, a row's first cell followed by the whole row, what is typed in its first
// field, or its text if that's short.
function titlesOf(place, control) {
  const label = place.getAttribute("aria-label") ?? said(document.getElementById(place.getAttribute("aria-labelledby") ?? ""));
  if (label) return [label];
  if (!place.matches(NAMED)) {
    const words = place.matches("label") ? "" : brief([...place.childNodes].map((node) => wordsOf(node)).join(" "));
    return words.length <= LONGEST ? [words] : [];
  }
  if (place.matches("tr")) {
    const cells = [...place.cells].filter((cell) => !cell.contains(control)).map(said).filter(Boolean);
    return [cells[0] ?? typed(place), cells.join(" ").slice(0, 2 * LONGEST)];
  }
  const title = place.querySelector(TITLES);
  if (title && title.closest(NAMED) === place && !title.contains(control)) return [said(title)];
  if (!place.matches("li, article, .entry") && !isOneOfMany(place)) return [];
  const strong = place.querySelector("strong, b, bdi, a");
  const row = place.matches("li, article") ? [said(place)] : [];
  if (strong && !strong.contains(control) && !control.contains(strong) && said(strong)) return [said(strong), ...row];
  return [typed(place), ...row];
}

// The nearest enclosing titles, innermost first, that add something to its name.
function around(control, name) {
  const known = [name];
  for (let place = control.parentElement; place && place !== document.body; place = place.parentElement) {
    for (const title of titlesOf(place, control)) {
      if (title && !known.some((one) => one.includes(title))) known.push(title);
    }
  }
  return known.slice(1);
}

// The name the page gives it.
function ownName(control) {
  const label = control.getAttribute("aria-label");
  const { spoken, own: kept = null } = control.dataset;
  const own = spoken === label ? kept : label;
  if (own || control.hasAttribute("aria-labelledby")) return { name: own ?? "", own };
  return { name: control.matches("button") ? brief(wordsOf(control, true)) : said(control.labels?.[0]), own: null };
}

function call(one, name, own = null) {
  if (!name || name === own) return;
  one.dataset.spoken = name; // said in the element itself, as rows are copied with all they have
  if (own) one.dataset.own = own;
  else delete one.dataset.own;
  if (one.getAttribute("aria-label") !== name) one.setAttribute("aria-label", name);
}

function nameTables() {
  let above = "";
  for (const one of document.querySelectorAll(`main :is(${TITLES}, table), dialog :is(${TITLES}, table)`)) {
    if (!one.matches("table")) above = said(one) || above;
    else if (!one.caption && !one.hasAttribute("aria-labelledby") && !ownName(one).own) call(one, above);
  }
}

const counted = (all, nameOf) => all.reduce((counts, one) => counts.set(nameOf(one), (counts.get(nameOf(one)) ?? 0) + 1), new Map());

function nameControls() {
  const found = [...document.querySelectorAll(`main :is(${CONTROLS})`)].filter((one) => !one.matches("[role=tab], [role=option]"));
  const all = found.map((control) => ({ control, ...ownName(control) })).filter(({ name }) => name);
  const alike = counted(all, ({ name }) => name);
  for (const one of all) {
    const vague = !one.own && one.control.matches("button") && (one.control.closest("tr, li") || !/\s/.test(one.name));
    one.titles = vague || alike.get(one.name) > 1 ? around(one.control, one.name) : [];
    one.said = [one.name, ...one.titles.slice(0, 1)].join(", ");
  }
  for (const more of [2, 3]) {
    const counts = counted(all, (one) => one.said);
    for (const one of all) if (counts.get(one.said) > 1) one.said = [one.name, ...one.titles.slice(0, more)].join(", ");
  }
  const counts = counted(all, (one) => one.said);
  const numbers = new Map();
  for (const { control, name, own, said } of all) {
    const at = (numbers.get(said) ?? 0) + 1;
    numbers.set(said, at);
    const full = counts.get(said) > 1 ? `${said}, ${at}` : said;
    if (full !== name) call(control, full, own);
    else if ("spoken" in control.dataset) {
      for (const word of ["spoken", "own"]) delete control.dataset[word];
      if (own) control.setAttribute("aria-label", own);
      else control.removeAttribute("aria-label");
    }
  }
}

let asked = false;
function soon() {
  if (asked) return;
  asked = true;
  delete document.body.dataset.spoken; // there again once the names are those of what is shown now
  setTimeout(() => {
    asked = false;
    nameTables();
    nameControls();
    document.body.dataset.spoken = "";
  }, 100);
}

soon();
new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
