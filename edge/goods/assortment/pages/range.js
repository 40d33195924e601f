// The range: nothing is done on it, but the page hears what is pushed.

import { listen } from "./push.js";

listen(() => {});
