// The API reference: an example of each request, and a way to send it. Nothing is sent until a button is pressed.

import { uuid7 } from "./ids.js";

const who = document.getElementById("who");
let described = null;

const description = () => (described ??= fetch("/api/v1/openapi.json").then((answer) => answer.json()));
const made = (tag, more = {}) => Object.assign(document.createElement(tag), more);
const resolved = (whole, thing) => (thing?.$ref ? thing.$ref.slice(2).split("/").reduce((at, key) => at[key], whole) : thing);

async function open(button) {
  const { method, path } = button.dataset;
  const whole = await description();
  const operation = whole.paths[path][method];
  const form = made("form", { className: "try", autocomplete: "off" });
  const parameters = operation.parameters.map((each) => resolved(whole, each)).filter((each) => each.in !== "header");
  for (const { name, in: where, required } of parameters) {
    const label = made("label", { textContent: required ? `${name} *` : name });
    const input = made("input", { name, dir: "ltr" });
    input.dataset.where = where;
    label.append(input);
    form.append(label);
  }
  const wanted = operation.requestBody?.content?.["application/json"];
  if (wanted) {
    const text = JSON.stringify(wanted.example, null, 2);
    const label = made("label", { textContent: "body" });
    label.append(made("textarea", { name: "__body", value: text, spellcheck: false }));
    form.append(label);
  }
  form.append(made("button", { type: "submit", className: "strong", textContent: "Send" }), made("output"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(method, path, form);
  });
  button.replaceWith(form);
}

async function send(method, path, form) {
  const address = new URL(path, location.origin);
  for (const input of form.querySelectorAll("[data-where]")) {
    if (input.dataset.where === "path") address.pathname = address.pathname.replace(`%7B${input.name}%7D`, encodeURIComponent(input.value));
    else if (input.value) address.searchParams.set(input.name, input.value);
  }
  const headers = { Surface: "panel", Accept: "application/json" };
  if (who.elements.register.value) headers.Register = who.elements.register.value;
  if (who.elements.key.value) headers.Authorization = `Bearer ${who.elements.key.value}`;
  const body = form.elements.__body?.value;
  if (method !== "get") Object.assign(headers, { "Content-Type": "application/json", "Idempotency-Key": uuid7() });
  const output = form.querySelector("output");
  const answer = await fetch(address, { method: method.toUpperCase(), headers, body }).catch(() => null);
  const text = answer ? await answer.text() : "No answer.";
  const shown = /json/.test(answer?.headers.get("Content-Type") ?? "") ? JSON.stringify(JSON.parse(text), null, 2) : text;
  output.replaceChildren(made("p", { className: "hint", textContent: `${answer?.status ?? ""} ${address.pathname}${address.search}` }), made("pre", { textContent: shown.slice(0, 20000) }));
}

// Everything starts folded; hundreds of operations are found by group, with the browser's search, or by an address such as
// /api#AddLine, which unfolds that operation.
function unfold() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named?.matches("details")) return;
  for (let at = named; at; at = at.parentElement.closest("details")) at.open = true;
  named.scrollIntoView();
}

addEventListener("hashchange", unfold);
unfold();
for (const button of document.querySelectorAll("[data-path]")) button.addEventListener("click", () => open(button));
