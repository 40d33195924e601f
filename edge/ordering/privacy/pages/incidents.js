// The page of incidents: nothing but the head of the frame.

import { listen } from "./push.js";

listen(() => {});
