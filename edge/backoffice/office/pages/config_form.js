// Keys of config.toml in a form: which of them were changed. Secrets are sent once, and no page shows them again.

const wasOf = (field) => (field.tagName === "SELECT" ? [...field.options].find((one) => one.defaultSelected)?.value : field.defaultValue);

function valueOf({ dataset: { kind } }, text) {
  const typed = text.trim();
  if (kind === "lines") return typed.split(",").map((one) => one.trim()).filter(Boolean);
  if (kind === "number") return typed === "" ? "" : Number(typed);
  if (kind === "yes") return typed === "true";
  if (kind === "writes_to") return typed.includes("@") ? `mailto:${typed}` : typed;
  return typed;
}

const changed = (form) => [...form.querySelectorAll("[name]")].filter((field) => field.value !== wasOf(field));

export function changes(form) {
  const values = {};
  const secrets = {};
  for (const field of changed(form)) {
    if (field.dataset.kind !== "secret") values[field.name] = valueOf(field, field.value);
    else if (field.value.trim()) secrets[field.name] = field.value.trim();
  }
  return { values, secrets };
}

// The request that undoes changes, and where `fragment` shows them; empty if a secret changed, as its old value is unknown.
export function undoing(form, fragment, fields = changed(form)) {
  if (fields.some(({ dataset: { kind } }) => kind === "secret")) return [];
  const values = Object.fromEntries(fields.map((field) => [field.name, valueOf(field, wasOf(field) ?? "")]));
  const shown = fields.map(({ name }) => `[name="${CSS.escape(name)}"]`).join(", ");
  return [["PATCH", "configuration", { values, secrets: {} }], [fragment, shown]];
}

export const isEmpty = ({ values, secrets }) => Object.keys(values).length + Object.keys(secrets).length === 0;
