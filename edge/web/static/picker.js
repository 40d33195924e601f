// Fields for a product, a supplier or a brand: typing searches, results are chosen with keys or by touch, and a code
// scanned into the field chooses its product.
//
// `data-pick`: "product", or "#ID" of a <datalist> with all the options. `data-pick-many`: the field holds several values,
// separated by commas; `data-pick-names`: the names of these values. `data-pick-raw`: Enter
// leaves the input to the page, which learns more from a code (batch, case) than its product. `data-pick-cases`: the
// code of a case stays in the field, as the product's SKU would mean a single piece.

const SHOWN = 8;
const PAUSE_MS = 120;
const { register, lang } = document.body.dataset;
const list = Object.assign(document.createElement("ul"), { id: "picks", popover: "manual", role: "listbox" });
let field = null; // whose list it is
let found = [];
let active = -1;
let asked = 0; // an answer to what was typed before counts no more
let soon = 0;
let turn = Promise.resolve(); // codes are looked up one after the other, however fast they are scanned

const isPick = (target) => target instanceof HTMLInputElement && "pick" in target.dataset;
const LOST = document.querySelector(".link-lost")?.textContent ?? "";
const nameOf = (names) => names[lang] ?? Object.values(names)[0] ?? "";
const made = (tag, fields, ...inner) => {
  const one = Object.assign(document.createElement(tag), fields);
  one.append(...inner);
  return one;
};

async function get(path, fields) {
  const answer = await fetch(`/api/v1/${path}?${new URLSearchParams({ ...fields, lang, register })}`);
  if (answer.status >= 500) throw new Error(`${path}: ${answer.status}`);
  return answer.ok ? (await answer.json()).result : null;
}

const ofProduct = ({ sku, names, brand }) => ({ value: sku, name: nameOf(names), more: [brand, sku].filter(Boolean).join(" · ") });

function all(input) {
  const options = document.querySelector(input.dataset.pick)?.options ?? [];
  return [...options].map(({ value, label }) => ({ value, name: label || value, more: label && label !== value ? value : "" }));
}

async function search(input, text) {
  if (input.dataset.pick === "product") {
    return text.length < 2 ? [] : ((await get("search", { q: text, limit: SHOWN }))?.products ?? []).map(ofProduct);
  }
  const wanted = text.toLocaleLowerCase();
  return all(input).filter(({ name, value }) => `${name}\n${value}`.toLocaleLowerCase().includes(wanted)).slice(0, SHOWN);
}

// The exact match of a code or SKU; null if there is none.
async function exact(input, text) {
  if (input.dataset.pick !== "product") return all(input).find(({ name, value }) => value === text || name === text) ?? null;
  const one = (await get("queries/product_by_code", { code: text })) ?? (await get("queries/product", { sku: text }));
  return one && { ...ofProduct(one), ...("pickCases" in input.dataset && one.units > 1 ? { value: text } : {}) };
}

function begin(input) {
  Object.assign(input, { role: "combobox", autocomplete: "off" });
  for (const [name, value] of Object.entries({ autocomplete: "list", expanded: "false", haspopup: "listbox" })) input.setAttribute(`aria-${name}`, value);
}

function close() {
  if (list.matches(":popover-open")) list.hidePopover();
  field?.setAttribute("aria-expanded", "false");
  field?.removeAttribute("aria-activedescendant");
  found = [];
  active = -1;
}

function place() {
  const { left, right, bottom, top, width } = field.getBoundingClientRect();
  const wide = Math.min(Math.max(width, 280), innerWidth - 16);
  const rtl = getComputedStyle(field).direction === "rtl" || document.documentElement.dir === "rtl";
  list.style.inlineSize = `${wide}px`;
  list.style.left = `${Math.max(8, Math.min(rtl ? right - wide : left, innerWidth - wide - 8))}px`;
  const below = innerHeight - bottom > list.offsetHeight + 8 || bottom < innerHeight / 2;
  list.style.top = `${below ? bottom + 4 : top - list.offsetHeight - 4}px`;
}

function show(input, options) {
  close();
  [field, found] = [input, options];
  if (!options.length || document.activeElement !== input) return;
  list.replaceChildren(...options.map(({ name, more }, at) => made("li", { id: `pick-${at}`, role: "option" }, made("bdi", {}, name), made("small", {}, made("bdi", { dir: "ltr" }, more)))));
  (input.closest("dialog") ?? document.body).append(list);
  list.setAttribute("aria-label", input.getAttribute("aria-label") ?? input.labels?.[0]?.textContent.trim() ?? input.placeholder);
  list.showPopover();
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "picks");
  move(0, -1);
  place();
}

function move(to) {
  active = to < 0 ? -1 : Math.min(to, found.length - 1);
  [...list.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === active)));
  if (active < 0) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", `pick-${active}`);
  return list.children[active].scrollIntoView({ block: "nearest" });
}

async function look(input) {
  const mine = ++asked;
  try {
    const options = await search(input, input.value.trim());
    if (mine === asked) show(input, options);
  } catch {
    if (mine === asked) call(input, LOST);
  }
  return mine === asked;
}

// Shows the name of the field's value beside it.
function call(input, name) {
  const next = input.nextElementSibling;
  const said = next?.classList.contains("picked") ? next : made("span", { className: "picked", ariaLive: "polite" });
  said.replaceChildren(made("bdi", {}, name));
  if (said !== next) input.after(said);
  said.hidden = !name;
}

function choose(input, one) {
  close();
  asked++;
  if (input.store) return input.store.add(one);
  input.value = one.value;
  Object.assign(input.dataset, { picked: one.value, pickedName: one.name });
  call(input, one.name);
  return input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Enter with nothing chosen yet: a code or SKU is accepted; part of a name lists what matches.
// Input typed meanwhile, such as the next code, replaces it and stays.
function enter(input) {
  const text = input.value.trim();
  input.select();
  turn = turn.catch(() => {}).then(() => answer(input, text));
}

async function answer(input, text) {
  let one = null;
  try {
    one = await exact(input, text);
  } catch {
    return call(input, LOST);
  }
  const next = input.value.trim() === text ? "" : input.value;
  if (!one && !next) {
    if (document.activeElement === input) input.setSelectionRange(input.value.length, input.value.length);
    if ((await look(input)) && found.length) return move(0);
  }
  if (one) choose(input, one);
  else if (next && input.store) call(input, `${text} ?`);
  else if (next) input.value = text; // the page says what it makes of it
  if (!input.store) input.form?.requestSubmit();
  if (document.activeElement !== input) return undefined;
  return next ? retype(input, next) : input.select();
}

function retype(input, text) {
  input.value = text;
  delete input.dataset.picked;
  call(input, "");
}

// A field with several values: it keeps them but is hidden; in its place is a search field, followed by the chosen values.
class Several {
  constructor(input) {
    this.kept = input;
    this.names = JSON.parse(input.dataset.pickNames ?? "{}");
    this.search = made("input", { type: "text", placeholder: input.placeholder, maxLength: 100 });
    this.search.dataset.pick = input.dataset.pick;
    this.search.store = this;
    if (input.hasAttribute("aria-label")) this.search.setAttribute("aria-label", input.getAttribute("aria-label"));
    this.chips = made("span", { className: "chips" });
    this.chips.addEventListener("click", (event) => {
      const { value } = event.target.closest("button")?.dataset ?? {};
      if (value !== undefined) this.set(this.values.filter((one) => one !== value));
      event.preventDefault();
    });
    input.hidden = true;
    delete input.dataset.pick;
    input.before(this.search, this.chips);
    begin(this.search);
    this.show();
    this.learn();
    input.addEventListener("input", () => (this.show(), this.learn())); // a link may fill it
  }

  // Looks up what values are called that came without their names.
  async learn() {
    for (const value of this.values.filter((one) => !(one in this.names))) {
      this.names[value] = value;
      const one = await exact(this.search, value).catch(() => null);
      if (one) this.names[value] = one.name;
      this.show();
    }
  }

  get values() {
    return this.kept.value.split(/\s*[,;\n]\s*/).filter(Boolean);
  }

  add({ value, name }) {
    this.names[value] = name;
    this.search.value = "";
    if (!this.values.includes(value)) this.set([...this.values, value]);
  }

  set(values) {
    this.kept.value = values.join(", ");
    this.show();
    this.kept.dispatchEvent(new Event("input", { bubbles: true }));
    this.kept.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show() {
    const chip = (value) => {
      const button = made("button", { type: "button", className: "chip" }, made("bdi", {}, this.names[value] ?? value), " ×");
      button.dataset.value = value;
      return button;
    };
    this.chips.replaceChildren(...this.values.map(chip));
  }
}

export async function introduce(input) {
  if ("pickMany" in input.dataset) return void new Several(input);
  begin(input);
  const one = input.value && !("pickRaw" in input.dataset) ? await exact(input, input.value) : null;
  call(input, one && one.name !== one.value ? one.name : "");
  return undefined;
}

addEventListener("focusin", ({ target }) => isPick(target) && begin(target));
addEventListener("input", ({ target }) => {
  if (!isPick(target)) return;
  delete target.dataset.picked;
  call(target, "");
  clearTimeout(soon);
  soon = setTimeout(look, PAUSE_MS, target);
});
addEventListener("focusout", ({ target }) => {
  if (!isPick(target)) return;
  clearTimeout(soon);
  asked++;
  close();
});
addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!isPick(target)) return;
  const open = list.matches(":popover-open") && field === target;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step) {
    event.preventDefault();
    if (open) move(Math.max(0, active + step));
    else look(target).then((mine) => mine && found.length && move(0));
  } else if (key === "Escape" && open) {
    event.preventDefault();
    event.stopImmediatePropagation();
    close();
  } else if (key === "Enter") {
    clearTimeout(soon);
    const text = target.value.trim();
    if (open && active >= 0) {
      event.preventDefault();
      choose(target, found[active]);
    } else if ("pickRaw" in target.dataset) {
      asked++;
      close();
    } else if (text ? target.dataset.picked !== text : target.store) {
      event.preventDefault();
      if (text) enter(target);
    }
  }
}, true);
list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", ({ target }) => {
  const at = [...list.children].indexOf(target.closest("li"));
  if (at >= 0) choose(field, found[at]);
});
for (const moved of ["scroll", "resize"]) addEventListener(moved, () => list.matches(":popover-open") && place(), true);

for (const input of document.querySelectorAll("[data-pick]")) introduce(input);
