// The list of the stock: htmx asks for it; it is asked for anew when something moved.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";
import { whenMoved } from "./stock_moved.js";

const filter = document.querySelector(".filter");
filter.addEventListener("submit", (event) => event.preventDefault());
listen(whenMoved(() => htmx.trigger(filter, "moved")));
