// The kiosks themselves: what officers call them, and which of them staff took out of service.

import { word } from "./words.js";

const MACHINES = "kiosk:"; // so their names begin in the centre's list of devices
const both = new Intl.ListFormat("vi");

/** Whether a device, or an event about one, is about a whole machine. */
export const isMachine = ({ name }) => name?.startsWith(MACHINES) ?? false;

/** The name that the machine's token has. */
export const machineName = ({ name }) => name.slice(MACHINES.length);

/** A machine as officers call it: by its number; a name that an administrator gave stays as it is. */
export function kioskWords(name) {
  const plain = /^kiosk(?:-(\d+))?$/.exec(name);
  if (!plain) return name;
  return plain[1] ? word("machine.numbered", { number: plain[1] }) : word("machine.one");
}

/** Which machines staff took out of service, as one sentence; empty when none is. */
export function suspendedWords(devices) {
  const names = devices.filter((one) => isMachine(one) && one.facts.service === "suspended").map((one) => kioskWords(machineName(one)));
  if (!names.length) return "";
  const said = word("machine.suspended", { machines: both.format(names) });
  return said.charAt(0).toLocaleUpperCase("vi") + said.slice(1);
}
