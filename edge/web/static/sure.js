// What the shop asks back (a refusal with an `answer`) is shown as it is, and what somebody said yes to goes along with the
// same request: a yes is for the question that was shown, and the next question is asked as well. See edge/core/asking.py.

import { open } from "./dialogs.js";
import { messageOf, send } from "./outbox.js";

// The answer to a command; null if whoever was asked did not mean it.
export const sendSure = (name, body = {}, grant = null) =>
  asked((answers) => send(name, answers.length ? { ...body, answers } : body, grant));

// The same of any request that takes `answers`.
export async function asked(request, answers = []) {
  const got = await request(answers);
  const question = got?.body.refused?.answer;
  if (!question) return got;
  return (await meant(messageOf(got))) ? asked(request, [...answers, question]) : null;
}

// What a dialog's act gives back: null closes it, a sentence stays in it, with what was typed.
export const settled = (answer) => (answer?.status === 200 ? null : answer ? messageOf(answer) : "");

// Asks whether somebody means it.
export async function meant(question) {
  let yes = false;
  const accept = () => ((yes = true), null);
  await open("sure-dialog", accept, (dialog) => (dialog.querySelector(".subject").textContent = question));
  return yes;
}
