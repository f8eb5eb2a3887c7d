// Calls of the centre's API.

import { learnFrom } from "./clock.js";

/** An answer that is not what was asked for: the failure's code and what the centre says of it. */
export class Problem extends Error {
  constructor(status, code, detail = "") {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  get unreachable() {
    return this.code === "CENTRE_UNREACHABLE";
  }
}

/** Ask the centre. Resolves to the JSON body, or null for 204; throws Problem. */
export async function call(method, path, body, { base = "/api/v1", seconds = 8, headers = {} } = {}) {
  const options = { method, cache: "no-store", credentials: "same-origin", headers: { Accept: "application/json", ...headers } };
  options.signal = AbortSignal.timeout(seconds * 1000);
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const sentAt = Date.now();
  let response;
  let text;
  try {
    response = await fetch(base + path, options);
    text = await response.text();
  } catch {
    throw new Problem(0, "CENTRE_UNREACHABLE");
  }
  learnFrom(response, sentAt);
  if (response.status === 204) return null;
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // told apart by its status below
  }
  if (response.ok && answer !== null) return answer;
  const code = answer?.code ?? (response.status >= 502 ? "CENTRE_UNREACHABLE" : "UNEXPECTED");
  throw new Problem(response.status, code, answer?.detail ?? "");
}
