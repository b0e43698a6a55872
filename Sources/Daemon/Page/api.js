// Talks to the daemon's API.

/** What the daemon answers instead of what was asked for, or that it does not answer. */
export class Refusal extends Error {
  constructor(message, isLost) {
    super(message);
    this.isLost = isLost;
  }
}

const patience = 5000; // milliseconds

/** Sends a request; gives the answer's JSON, or null when it has none. */
export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
    });
  } catch (error) {
    const cause = error.name === "TimeoutError" ? "It does not answer in time." : "It cannot be reached.";
    throw new Refusal(cause, true);
  }
  // The session is over: the daemon answers "/" with the form that asks for the token.
  if (response.status === 401) location.reload();
  const isJSON = (response.headers.get("Content-Type") ?? "").includes("json");
  let value = null;
  try {
    if (isJSON) value = await response.json();
  } catch {
    throw new Refusal("It broke off its answer.", true);
  }
  if (!response.ok) throw new Refusal(value?.detail ?? `The daemon answered ${response.status}.`, false);
  return value;
}

/** The path of a stream, whatever characters its name has. */
export function pathOf(name, rest = "") {
  return `/v1/streams/${encodeURIComponent(name)}${rest}`;
}
