// Fields that take a product's number: what is typed is searched for, and what is found can be chosen.

const LEAST = 2;

let latest = "";

export function suggest(form, list) {
  form.addEventListener("input", async ({ target }) => {
    const text = target.matches("[data-kind=sku]") ? target.value.trim() : "";
    if (text.length < LEAST || [...list.options].some((option) => option.value === text)) return;
    latest = text;
    const { register, lang } = document.body.dataset;
    const answer = await fetch(`/api/v1/search?${new URLSearchParams({ q: text, limit: 8, lang, register })}`);
    if (!answer.ok || latest !== text) return;
    const { products } = (await answer.json()).result;
    list.replaceChildren(...products.map(({ sku, names }) => new Option(names[lang] ?? Object.values(names)[0], sku)));
  });
}
