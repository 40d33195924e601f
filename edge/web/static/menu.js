// A manager's menu, where it is wider than the screen: the page one is on is in view.

for (const here of document.querySelectorAll(".groups [aria-current], .pages [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center" });
