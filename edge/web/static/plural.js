// A sentence of the page in the form that its number wants: CLDR's categories, as the box itself chooses by them.

const rules = new Intl.PluralRules(document.documentElement.lang);

// `forms`: what a template wrote by `forms("section.key")`; `count`: the number that chooses, and that its gap shows.
export function counted(forms, count) {
  const { by, ...said } = JSON.parse(forms);
  return (said[rules.select(count)] ?? said.other).replaceAll(`{${by}}`, count);
}
