// A request to a device: asked through the centre, answered by the process that owns the device.

import { call } from "../api.js";

const waiting = new Map(); // request id → resolve

/** The centre told of an answer; saves the next look. */
export function answered(requestId) {
  waiting.get(requestId)?.();
}

/** Ask this device, of its machine, {kind, settings?, can?} and wait for the answer: {state: answered|expired, passed, lines, failure, …}. Throws Problem. */
export async function request(device, wanted, seconds = 90) {
  const asked = await call("POST", `/devices/${device.name}/requests`, { ...wanted, machine: device.machine });
  const until = Date.now() + seconds * 1000;
  let request = asked;
  while (request.state !== "answered" && request.state !== "expired") {
    if (Date.now() > until) return { ...request, state: "expired" };
    await new Promise((resolve) => {
      waiting.set(asked.id, resolve);
      setTimeout(resolve, 2000);
    });
    waiting.delete(asked.id);
    try {
      request = await call("GET", `/device-requests/${asked.id}`);
    } catch (problem) {
      if (!problem.unreachable) throw problem;
    }
  }
  return request;
}
