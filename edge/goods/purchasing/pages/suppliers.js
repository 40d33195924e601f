// Suppliers: a list of links.

import { listen } from "./push.js";

listen(() => {});
