// The form that asks for a token, when nobody is signed in or the session has ended.

import { el } from "../dom.js";
import { signIn } from "../session.js";

let dialog = null;

/** Asks for a token; `then` is called once somebody is signed in. Asking twice asks once. */
export function askToSignIn({ title = "Sign in", then }) {
  if (dialog) return;
  const problem = el("p", { id: "token-problem", class: "problem", role: "alert" });
  const input = el("input", {
    id: "token",
    name: "token",
    type: "password",
    autocomplete: "off",
    spellcheck: false,
    required: true,
    "aria-describedby": "token-help token-problem",
  });
  const button = el("button", { type: "submit", class: "primary" }, "Sign in");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    try {
      await signIn(input.value);
      close();
      then();
    } catch (error) {
      problem.textContent = wordsOf(error);
      input.select();
    } finally {
      button.disabled = false;
    }
  };
  const form = el(
    "form",
    { method: "dialog", onsubmit: submit },
    el("h2", { id: "token-title" }, title),
    el(
      "p",
      { id: "token-help", class: "quiet" },
      "An administrator makes tokens; the first one is the setting ",
      el("code", {}, "auth.bootstrap_token"),
      ". It is shown to the server once and kept nowhere.",
    ),
    el("label", { for: "token" }, "Token"),
    input,
    problem,
    button,
  );
  dialog = el(
    "dialog",
    { class: "token", "aria-labelledby": "token-title", oncancel: (event) => event.preventDefault() },
    form,
  );
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}

function wordsOf(error) {
  if (error.status === 401) return "This token is not known. It may have been revoked.";
  if (error.status === 429) return "Too many wrong tokens. Try again in a minute.";
  return error.words ?? error.message;
}

function close() {
  dialog.close();
  dialog.remove();
  dialog = null;
}
