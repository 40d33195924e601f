// Keys of config.toml in a form: what was changed of them. What is secret leaves the page once, and comes back on none.

export function changes(form) {
  const values = {};
  const secrets = {};
  for (const field of form.querySelectorAll("[name]")) {
    const was = field.tagName === "SELECT" ? [...field.options].find((one) => one.defaultSelected)?.value : field.defaultValue;
    if (field.value === was) continue;
    const { kind } = field.dataset;
    const typed = field.value.trim();
    if (kind === "secret") typed && (secrets[field.name] = typed);
    else if (kind === "lines") values[field.name] = typed.split(",").map((one) => one.trim()).filter(Boolean);
    else if (kind === "number") values[field.name] = typed === "" ? "" : Number(typed);
    else if (kind === "yes") values[field.name] = typed === "true";
    else if (kind === "writes_to") values[field.name] = typed.includes("@") ? `mailto:${typed}` : typed;
    else values[field.name] = typed;
  }
  return { values, secrets };
}

export const isEmpty = ({ values, secrets }) => Object.keys(values).length + Object.keys(secrets).length === 0;
