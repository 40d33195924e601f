// A page with tabs: `nav.tabs` has a link to each (`#waste`), and `data-tab` says which tab an element belongs to.
// The address says which tab is shown; a link to an element within a tab (`#rows`) shows that tab.

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
