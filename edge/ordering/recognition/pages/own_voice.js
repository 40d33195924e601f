// A user's own voice: sign the consent, speak three times, withdraw. Recordings are sent, but stored nowhere.

import "./dialogs.js";
import { messageOf } from "./outbox.js";
import { letSign } from "./person_hint.js";
import { listen } from "./push.js";
import { recorded, sendSound } from "./voice_sound.js";

const error = document.getElementById("own-voice-error");
letSign(error, "ReleaseVoice", "WithdrawVoice");

const say = document.getElementById("say");
const heard = document.getElementById("heard");
say?.addEventListener("click", async () => {
  error.textContent = "";
  say.disabled = true;
  heard.textContent = heard.dataset.speak;
  const sound = await recorded(Number(say.dataset.seconds)).catch(() => null);
  heard.textContent = "";
  say.disabled = false;
  if (!sound) return (error.textContent = heard.dataset.none);
  const answer = await sendSound("recognition/voice/own", sound);
  if (answer.status !== 200) return (error.textContent = messageOf(answer));
  const { taken, needed } = answer.body;
  if (taken >= needed) return location.reload();
  heard.textContent = heard.dataset.taken.replace("{taken}", taken).replace("{needed}", needed);
});
if (say) say.disabled = false; // until here nobody would answer a touch
listen(() => {});
