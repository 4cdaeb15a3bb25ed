// Who is signed in. The session itself is a cookie that no script can read.

import { read, remove, write } from "./api.js";
import { el, fill } from "./dom.js";

const ROLES = ["viewer", "agent", "admin"];

let current = null;

/** Opens a session with a token. Errors: an `ApiError` that says why it was refused. */
export async function signIn(token) {
  show(await write("/session", { token }));
}

/** Asks the server who is signed in; false if nobody is. */
export async function isSignedIn() {
  try {
    show(await read("/session"));
    return true;
  } catch (error) {
    if (error.status === 401) return false;
    throw error;
  }
}

/** Whether whoever is signed in may do what takes this role. */
export function may(role) {
  return ROLES.indexOf(role) <= ROLES.indexOf(current?.role);
}

/** Says in the header who is signed in, with the way out. */
function show(session) {
  current = session;
  const leave = el("button", { type: "button", onclick: signOut }, "Sign out");
  const who = el("span", {}, session.name, el("small", {}, session.role));
  fill(document.getElementById("who"), who, leave);
}

async function signOut() {
  await remove("/session");
  // Afresh, so that nothing of what was shown stays in the page.
  location.assign(location.pathname);
}
