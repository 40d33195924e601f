// A sentence of the page in the plural form for a number: CLDR's categories, as on the server.

const rules = new Intl.PluralRules(document.documentElement.lang);

// `forms`: what a template wrote with `forms("section.key")`; `count`: the number that chooses the form and fills its gap.
export function counted(forms, count) {
  const { by, ...said } = JSON.parse(forms);
  return (said[rules.select(count)] ?? said.other).replaceAll(`{${by}}`, count);
}
