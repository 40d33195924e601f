// The search in the manager's header: pages by name, and the searches that capabilities add (Finder, core/endpoints.py).

const WAIT_MS = 150; // somebody types on
const MOST = 6; // of each kind

const box = document.getElementById("seek-text");
const list = document.getElementById("seek-found");
const pages = document.getElementById("seek-pages");
const finders = [...document.querySelectorAll("template[data-finder]")];
let asked = 0; // which question is the newest: what an older one finds comes too late
let waiting = 0;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

function pagesFor(text) {
  const words = plain(text).split(/\s+/);
  const all = [...pages.content.children];
  const named = all.filter((link) => words.every((word) => plain(link.textContent).includes(word)));
  return [...named, ...all.filter((link) => !named.includes(link) && isAlso(link, words))];
}

// Whether one of the page's other names matches: each of these words begins one of its words.
function isAlso(link, words) {
  const names = plain(link.dataset.also ?? "").split(",").map((name) => name.trim().split(/\s+/));
  return names.some((name) => words.every((word) => name.some((one) => one.startsWith(word))));
}

// Whether each of these words begins a word of the link: someone who looks for a page doesn't want similarly spelt products.
function says(link, text) {
  const its = plain(link.textContent).split(/[^\p{L}\p{N}]+/u);
  return plain(text).split(/\s+/).every((word) => its.some((one) => one.startsWith(word)));
}

async function found(finder, text) {
  const { asks, rows, opens, pattern } = finder.dataset;
  if (!new RegExp(pattern, "u").test(text)) return [];
  const { lang, register } = document.body.dataset;
  const answer = await fetch(`${asks}${encodeURIComponent(text)}&lang=${lang}&register=${encodeURIComponent(register)}`);
  if (!answer.ok) return [];
  const html = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...html.querySelectorAll(rows)].slice(0, MOST).map((row) => {
    if (!opens) return row;
    const link = document.createElement("a");
    link.href = `${opens}${encodeURIComponent(Object.values(row.dataset)[0])}&register=${encodeURIComponent(register)}`;
    link.append(...row.childNodes);
    return link;
  });
}

function show(groups) {
  const shown = groups.filter(([, links]) => links.length);
  const parts = shown.flatMap(([title, links]) => [Object.assign(document.createElement("p"), { textContent: title }), ...links]);
  for (const [at, link] of shown.flatMap(([, links]) => links).entries()) {
    Object.assign(link, { id: `seek-${at}`, tabIndex: -1 });
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", String(at === 0));
  }
  for (const title of parts.filter((part) => part.tagName === "P")) title.setAttribute("role", "presentation");
  if (!parts.length) parts.push(Object.assign(document.createElement("p"), { textContent: list.dataset.none }));
  list.replaceChildren(...parts);
  open(true);
}

function open(is) {
  list.hidden = !is;
  box.setAttribute("aria-expanded", String(is));
  point();
}

function point() {
  const chosen = list.hidden ? null : list.querySelector('[aria-selected="true"]');
  if (chosen) box.setAttribute("aria-activedescendant", chosen.id);
  else box.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = [...list.querySelectorAll("a")];
  const at = all.findIndex((link) => link.getAttribute("aria-selected") === "true");
  const next = all[(at + step + all.length) % all.length];
  for (const link of all) link.setAttribute("aria-selected", String(link === next));
  point();
}

async function ask() {
  const text = box.value.trim();
  const mine = ++asked;
  if (!text) return open(false);
  const ours = pagesFor(text).slice(0, MOST);
  const others = await Promise.all(finders.map(async (one) => [one.dataset.title, await found(one, text).catch(() => [])]));
  const fitting = others.map(([title, links]) => [title, ours.length ? links.filter((link) => says(link, text)) : links]);
  if (mine === asked) show([[pages.dataset.title, ours.map((link) => link.cloneNode(true))], ...fitting]);
}

box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT_MS);
});
box.addEventListener("keydown", async (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter") {
    clearTimeout(waiting);
    await ask();
    list.querySelector('a[aria-selected="true"]')?.click();
  } else if (event.key === "Escape") {
    box.value = "";
    open(false);
  } else return;
  event.preventDefault();
});
box.addEventListener("focus", () => box.value.trim() && ask());
addEventListener("pointerdown", ({ target }) => target.closest("#seek") || open(false));

const typing = ({ target }) => target.matches("input, textarea, select, [contenteditable]") || target.closest("dialog[open]");
addEventListener("keydown", (event) => {
  const wanted = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !event.ctrlKey && !event.metaKey && !typing(event));
  if (!wanted || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  box.focus();
  box.select();
});
