// Loyalty: forms for earning rules, rewards and tiers.

import { serve } from "./entity_form.js";
import { listen } from "./push.js";

serve(document.querySelector("main"), () => `l${Date.now().toString(36)}`);
listen(() => {});
