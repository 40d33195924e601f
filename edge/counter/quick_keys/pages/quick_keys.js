// Arranging quick keys: tabs are pages, each a grid. Press a place to fill it; drag a key to another place,
// or move it with a button and a press.

import { open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, undoBy } from "./toast.js";

const main = document.getElementById("keys");
const places = Number(main.dataset.places);
const goods = JSON.parse(main.dataset.goods); // by number: names, picture, whether it was given up
const { lang } = document.body.dataset;
const pages = JSON.parse(main.dataset.layout).map((page) => ({ names: page.names, colour: page.colour ?? "", keys: new Map(page.keys.map((key) => [key.place, { sku: key.sku, colour: key.colour ?? "" }])) }));
const bar = document.getElementById("page-form");
let at = 0;
let changed = "proposed" in main.dataset;
let moved = null; // the page and place of a key that waits for where it goes

const callOf = (sku) => nameOf(goods[sku]?.names ?? {}) || sku;
const nameOf = (names) => names[lang] ?? Object.values(names)[0] ?? "";
const made = (tag, fields, text = "") => Object.assign(document.createElement(tag), { textContent: text, ...fields });

function show() {
  const tabs = pages.map((page, number) => {
    const tab = made("button", { type: "button", className: `c-${page.colour || "none"}` }, nameOf(page.names));
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", String(number === at));
    tab.onclick = () => ((at = number), show());
    return tab;
  });
  const list = document.getElementById("tabs");
  list.replaceChildren(...tabs);
  if (tabs.length) list.setAttribute("role", "tablist");
  else list.removeAttribute("role");
  bar.hidden = !pages.length;
  const page = pages[at];
  document.getElementById("grid").replaceChildren(...(page ? Array.from({ length: places }, (_, place) => keyAt(page, place)) : []));
  if (page) {
    bar.elements.name.value = nameOf(page.names);
    bar.elements.colour.value = page.colour;
  }
}

function keyAt(page, place) {
  const key = page.keys.get(place);
  const button = made("button", { type: "button", className: key ? `key c-${key.colour || page.colour || "none"}` : "key empty", draggable: Boolean(key) });
  button.dataset.place = place;
  const { picture, gone } = goods[key?.sku] ?? {};
  if (picture) button.append(made("img", { src: `/pictures/${encodeURIComponent(picture)}`, alt: "" }));
  button.classList.toggle("pictured", Boolean(picture));
  button.classList.toggle("gone", Boolean(gone));
  button.append(made("span", { className: "said" }, key ? callOf(key.sku) : "+"));
  if (gone) button.append(made("small", {}, main.dataset.gone));
  button.onclick = () => (moved ? settle(page, place) : edit(page, place));
  button.ondragstart = (event) => event.dataTransfer.setData("text/plain", String(place));
  button.ondragover = (event) => event.preventDefault();
  button.ondrop = (event) => {
    event.preventDefault();
    swap(page, Number(event.dataTransfer.getData("text/plain")), place);
  };
  return button;
}

function swap(page, from, to, source = page) {
  const [one, other] = [source.keys.get(from), page.keys.get(to)];
  put(page, to, one);
  put(source, from, other);
}

// Marks a key to be moved, possibly to another page; it swaps places with the key already there.
function wait(page, place) {
  moved = page && { page, place };
  document.getElementById("moving").textContent = page ? main.dataset.moveTo.replace("%", callOf(page.keys.get(place).sku)) : "";
}

function settle(page, place) {
  const from = moved;
  wait(null);
  swap(page, from.place, place, from.page);
  document.querySelector(`#grid [data-place="${place}"]`).focus();
}

function put(page, place, key) {
  if (key) page.keys.set(place, key);
  else page.keys.delete(place);
  changed = true;
  show();
}

function edit(page, place) {
  const present = page.keys.get(place);
  let chosen = present?.sku ?? "";
  open("key-dialog", (form) => {
    put(page, place, chosen ? { sku: chosen, colour: form.get("colour") } : undefined);
    return null;
  }, (dialog) => {
    dialog.querySelector("[name=colour]").value = present?.colour ?? "";
    dialog.querySelector('[data-do="move"]').hidden = !present;
    document.getElementById("key-now").textContent = chosen ? callOf(chosen) : "";
    dialog.onchange = ({ target }) => {
      if (!target.dataset.picked) return;
      chosen = target.dataset.picked;
      goods[chosen] = { names: { [lang]: target.dataset.pickedName } };
      document.getElementById("key-now").textContent = callOf(chosen);
      if (target.value) dialog.querySelector('[type="submit"]').focus();
    };
    dialog.onclick = ({ target }) => {
      const act = target.closest("[data-do]")?.dataset.do;
      if (act === "empty") put(page, place);
      if (act === "move") wait(page, place);
      if (act) dialog.close();
    };
  });
}

const layout = () => pages.map(({ names, colour, keys }) => ({ names, colour, keys: [...keys].sort(([one], [other]) => one - other).map(([place, key]) => ({ place, ...key })) }));
const was = layout();

async function save() {
  const shown = [`/manager/keys?${new URLSearchParams({ of: main.dataset.of })}`, "#keys", "data-layout"];
  undoBy(command("SetQuickKeys", { pages: was, of_register: main.dataset.of }), shown);
  const answer = await sendGranted("SetQuickKeys", { pages: layout(), of_register: main.dataset.of });
  if (!answer) return;
  changed = answer.status !== 200;
  document.getElementById("keys-error").textContent = changed ? messageOf(answer) : "";
  if (!changed) location.assign(`/manager/keys?${new URLSearchParams({ register: document.body.dataset.register, of: main.dataset.of })}`);
}

function move(by) {
  const to = at + by;
  if (to < 0 || to >= pages.length) return;
  [pages[at], pages[to]] = [pages[to], pages[at]];
  at = to;
  changed = true;
}

const DO = {
  save,
  add: () => (at = pages.push({ names: { [lang]: main.dataset.new }, colour: "", keys: new Map() }) - 1),
  drop() {
    wait(null); // a key of a page that is gone goes nowhere
    pages.splice(at, 1);
    at = Math.max(0, at - 1);
    changed = true;
  },
  left: () => move(-1),
  right: () => move(1),
};

main.addEventListener("click", ({ target }) => {
  const act = target.closest("[data-do]")?.dataset.do;
  if (!DO[act]) return;
  DO[act]();
  if (act !== "save") show();
});
bar.addEventListener("submit", (event) => event.preventDefault());
bar.addEventListener("input", () => {
  const page = pages[at];
  if (bar.elements.name.value.trim()) page.names = { ...page.names, [lang]: bar.elements.name.value.trim() };
  page.colour = bar.elements.colour.value;
  changed = true;
  document.getElementById("tabs").children[at].textContent = nameOf(page.names);
});
addEventListener("keydown", ({ key }) => key === "Escape" && moved && wait(null));
addEventListener("beforeunload", (event) => changed && event.preventDefault());

show();
listen(() => {});
