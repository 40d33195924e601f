// The assortment: read-only, but the page listens for pushes.

import { listen } from "./push.js";

listen(() => {});
