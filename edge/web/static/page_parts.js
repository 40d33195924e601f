// A page in parts, one at a time: `nav.tabs` has a link to each (`#waste`), `data-tab` says which part something belongs to.
// The address says which part is shown; one that leads to something within a part (`#rows`) shows that part.

const links = [...document.querySelectorAll("nav.tabs a")];
const parts = document.querySelectorAll("[data-tab]");

function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  const aim = name ? document.getElementById(name) : null;
  const wanted = `#${aim?.closest("[data-tab]")?.dataset.tab ?? name}`;
  const chosen = links.find(({ hash }) => hash === wanted) ?? links[0];
  for (const link of links) link.ariaCurrent = link === chosen ? "true" : null;
  for (const part of parts) part.hidden = `#${part.dataset.tab}` !== chosen.hash;
  aim?.scrollIntoView({ block: "start" });
}

addEventListener("hashchange", show);
show();
