// The bearer token: taken from the address once, kept for this tab only.

const KEY = "doorstep.token";

/** Takes `#token=…` out of the address, so that it is neither bookmarked nor shared. */
export function takeTokenFromAddress() {
  const match = location.hash.match(/^#token=([^&]*)/);
  if (!match) return;
  keepToken(decodeURIComponent(match[1]));
  history.replaceState(null, "", location.pathname + location.search + "#/");
}

export function token() {
  return sessionStorage.getItem(KEY) ?? "";
}

export function keepToken(value) {
  sessionStorage.setItem(KEY, value.trim());
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}
