// The description of the API: an example of each request, and a way to send it. Nothing is sent before a button is pressed.

import { uuid7 } from "./ids.js";

const who = document.getElementById("who");
const DEEP = 6; // an example goes no deeper: schemas may hold themselves
let described = null;

const description = () => (described ??= fetch("/api/v1/openapi.json").then((answer) => answer.json()));
const made = (tag, more = {}) => Object.assign(document.createElement(tag), more);
const resolved = (whole, thing) => (thing?.$ref ? thing.$ref.slice(2).split("/").reduce((at, key) => at[key], whole) : thing);

// What a schema could look like, filled in: all of its own fields, and within these what must be there.
function example(whole, schema, depth = 0) {
  const one = resolved(whole, schema) ?? {};
  if (depth > DEEP) return null;
  if ("default" in one) return one.default;
  if (one.const !== undefined) return one.const;
  if (one.enum) return one.enum[0];
  const choice = (one.anyOf ?? one.oneOf)?.find((each) => each.type !== "null");
  if (choice) return example(whole, choice, depth + 1);
  switch (one.type) {
    case "object":
      return Object.fromEntries((depth ? (one.required ?? []) : Object.keys(one.properties ?? {})).map((key) => [key, example(whole, one.properties?.[key], depth + 1)]));
    case "array":
      return one.prefixItems ? one.prefixItems.map((each) => example(whole, each, depth + 1)) : one.minItems ? [example(whole, one.items, depth + 1)] : [];
    case "integer":
    case "number":
      return one.minimum ?? 1;
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      return "text";
  }
}

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
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  if (schema) {
    const text = JSON.stringify(example(whole, schema), null, 2);
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

for (const button of document.querySelectorAll("[data-path]")) button.addEventListener("click", () => open(button));
