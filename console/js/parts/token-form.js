// The form that asks for the token, when there is none or the server refuses it.

import { el } from "../dom.js";
import { keepToken, token } from "../token.js";

let dialog = null;

/** Asks for a token; `then` is called once there is one. Asking twice asks once. */
export function askForToken(then) {
  if (dialog) return;
  const input = el("input", {
    id: "token",
    name: "token",
    type: "password",
    autocomplete: "off",
    spellcheck: false,
    required: true,
    "aria-describedby": "token-help",
  });
  const form = el(
    "form",
    {
      method: "dialog",
      onsubmit: (event) => {
        event.preventDefault();
        keepToken(input.value);
        close();
        then();
      },
    },
    el("h2", { id: "token-title" }, token() ? "This token was refused" : "Token needed"),
    el(
      "p",
      { id: "token-help", class: "quiet" },
      "The server printed it when it started, or it is your setting ",
      el("code", {}, "auth.bootstrap_token"),
      ". It is kept for this tab only.",
    ),
    el("label", { for: "token" }, "Token"),
    input,
    el("button", { type: "submit", class: "primary" }, "Continue"),
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

function close() {
  dialog.close();
  dialog.remove();
  dialog = null;
}
