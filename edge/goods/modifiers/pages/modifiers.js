// Modifier groups: forms whose choices are rows.

import { parseMinor, parseQuantity } from "./amounts.js";
import { controls, keyOf, serve } from "./entity_form.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const PART = /^(\S+)\s+([\d.,]+)\s*(g|ml|m|)$/;
const SIZE = /^(.+?)\s+([\d.,]+)$/;
// Options by their reference and by the name that the page shows.
const plain = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
const options = new Map(Object.entries(JSON.parse(main.dataset.options)).flatMap(([ref, name]) => [[ref, ref], [plain(name), ref]]));
const cell = (row, column) => row.querySelector(`[data-column="${column}"]`);
const listed = (text) => text.split(/[;\n]/).map((one) => one.trim()).filter(Boolean);

// Throws the field that can't be read.
function parsed(held, pattern, made) {
  return listed(held.value).map((one) => {
    const found = pattern.exec(one);
    const value = found && made(found);
    if (!value) {
      held.closest("details").open = true;
      throw held;
    }
    return value;
  });
}

const parts = (held) =>
  parsed(held, PART, ([, sku, much, measure]) => {
    const quantity = parseQuantity(much);
    return quantity ? { sku, quantity, ...(measure ? { measure } : {}) } : null;
  });

function sizes(held) {
  return parsed(held, SIZE, ([, name, sum]) => {
    const [size, price] = [options.get(plain(name)), parseMinor(sum)];
    return size && price !== null ? { size, price_minor: price } : null;
  });
}

controls.modifiers = {
  read(held) {
    const taken = new Set([...held.querySelectorAll('[data-column="id"]')].map(({ value }) => value).filter(Boolean));
    return [...held.querySelectorAll(":scope > .choice")].flatMap((row) => {
      const typed = [...row.querySelectorAll('[data-column="name"]')].filter(({ value }) => value.trim());
      if (!typed.length) return [];
      const price = parseMinor(cell(row, "price").value || "0", cell(row, "price"));
      if (price === null) throw cell(row, "price");
      const id = cell(row, "id").value || keyOf(typed[0].value, [...taken]);
      taken.add(id);
      const names = Object.fromEntries(typed.map(({ lang, value }) => [lang, value.trim()]));
      const recipe = { sizes: sizes(cell(row, "sizes")), adds: parts(cell(row, "adds")), omits: parts(cell(row, "omits")) };
      return [{ id, names, price_minor: price, preset: cell(row, "preset").checked, ...recipe }];
    });
  },
  fill() {}, // the page comes anew
};

main.addEventListener("click", ({ target }) => {
  if (target.matches("[data-drop]")) target.closest(".choice").remove();
  if (target.matches("[data-more]")) target.before(target.parentElement.querySelector("template").content.cloneNode(true));
});
serve(main, ({ names }) => keyOf(Object.values(names)[0] ?? ""));
listen(() => {});
