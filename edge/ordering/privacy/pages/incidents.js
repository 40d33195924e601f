// The page of incidents: it only listens for pushes, for the page header.

import { listen } from "./push.js";

listen(() => {});
