// The manager's list of products: htmx does the rest.

import "./dialogs.js";
import { listen } from "./push.js";

// A category's link keeps no text: whoever chooses a category wants to see all of it.
document.querySelector(".filter").addEventListener("submit", (event) => event.preventDefault());

listen(() => {});
