// Who the shop buys from: a list that only leads on.

import { listen } from "./push.js";

listen(() => {});
