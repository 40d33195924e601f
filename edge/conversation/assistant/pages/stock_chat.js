// The conversation about the stock, among the manager's pages.

import { begin, headers } from "./conversation.js";
import "./dialogs.js";
import { granted } from "./grants.js";
import { listen } from "./push.js";

const { register, lang } = document.body.dataset;
const query = new URLSearchParams({ register, lang, surface: "panel" });

begin({
  keypad: () => granted(async () => ({ status: 200 })),
  line: `/ws/chat?${query}`,
  asksToLeave: true,
  async may() {
    const answer = await granted(async (Grant) => {
      const got = await fetch("/api/v1/chat/sessions", { headers: headers({ Surface: "panel", Grant }) });
      return { status: got.status === 401 ? 403 : got.status };
    });
    return answer?.status === 200;
  },
});

listen(() => {});
