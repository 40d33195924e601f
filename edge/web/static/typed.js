// Unsaved input in fields.

// The value that the server wrote into a field.
export function written(field) {
  if (!field.matches("select")) return field.defaultValue.trim();
  return ([...field.options].find((one) => one.defaultSelected) ?? field.options[0]).value;
}

export const changed = (field) => field.value.trim() !== written(field);
