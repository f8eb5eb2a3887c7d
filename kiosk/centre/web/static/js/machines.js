// The machines: what officers call kiosks and displays, whose a device is, which kiosks staff took out of service.

import { optionalWord, word } from "./words.js";

const MACHINES = "kiosk:"; // so their names begin in the centre's list of devices
const both = new Intl.ListFormat("vi");

/** Whether a device, or an event about one, is about a whole machine. */
export const isMachine = ({ name }) => name?.startsWith(MACHINES) ?? false;

/** The name that the machine's token has. */
export const machineName = ({ name }) => name.slice(MACHINES.length);

const PLAIN = /^(kiosk|display)(?:-(\d+))?$/; // as tokens are called that nobody gave a name of their own
const WORDS = { kiosk: ["machine.one", "machine.numbered"], display: ["machine.display", "machine.display_numbered"] };

/** A machine as officers call it: by its number; a name that an administrator gave stays as it is. */
export function machineWords(name) {
  const plain = PLAIN.exec(name);
  if (!plain) return name;
  const [one, numbered] = WORDS[plain[1]];
  return plain[2] ? word(numbered, { number: plain[2] }) : word(one);
}

/** What a device, or a machine itself, is called. `named`: several machines have such a device, so its own is said, too. */
export function deviceWords(device, named) {
  if (isMachine(device)) return machineWords(machineName(device));
  const plain = optionalWord(`maintenance.device.${device.name}`) ?? device.name;
  if (!named || !device.machine) return plain;
  const number = PLAIN.exec(device.machine)?.[2];
  const numbered = `maintenance.device_numbered.${device.name}`;
  if (number && optionalWord(numbered)) return word(numbered, { number });
  return word("maintenance.device_of.other", { device: plain, machine: machineWords(device.machine) });
}

/** Whether several machines have a device of this name, so that each must be called by its machine. */
export const isOneOfSeveral = (device, devices) => devices.some(({ name, machine }) => name === device.name && machine !== device.machine);

/** Which machines staff took out of service, as one sentence; empty when none is. */
export function suspendedWords(devices) {
  const names = devices.filter((one) => isMachine(one) && one.facts.service === "suspended").map((one) => machineWords(machineName(one)));
  if (!names.length) return "";
  const said = word("machine.suspended", { machines: both.format(names) });
  return said.charAt(0).toLocaleUpperCase("vi") + said.slice(1);
}
