// What anybody in the lobby can mend: paper, a cover, a cable, a machine without power. One line each, with what to do.

import { make } from "./dom.js";
import { isMachine, machineName, machineWords, suspendedWords } from "./machines.js";
import { failureWords, word } from "./words.js";

const SILENT = "DEVICE_SILENT";
const ORDER = ["printer", "card_reader", "scanner", "speaker"]; // without paper nobody gets a slip
const both = new Intl.ListFormat("vi");

/** Lines {what, todo} for the centre's devices: machines that say nothing, what is broken, what soon will be, then those staff switched off. */
export function lobbyTroubles(devices) {
  const silent = silentMachines(devices);
  const there = devices.filter((device) => !isMachine(device) && device.found && device.settings.enabled && !silent.includes(device.machine));
  there.sort((one, other) => ORDER.indexOf(one.name) - ORDER.indexOf(other.name));
  const broken = there.filter(({ failure }) => mendable(failure));
  const soon = there.filter(({ failure, warning }) => !failure && mendable(warning));
  const suspended = suspendedWords(devices.filter((one) => !isMachine(one) || !silent.includes(machineName(one))));
  return [
    ...byCode(silent.map((machine) => [SILENT, machine])),
    ...byCode(broken.map(({ failure, machine }) => [failure, machine])),
    ...byCode(soon.map(({ warning, machine }) => [warning, machine])),
    ...(suspended ? [{ what: suspended, todo: "" }] : []),
  ];
}

const mendable = (code) => Boolean(code && code !== SILENT && failureWords(code).lobby_do); // a device that alone says nothing is for maintenance
const machineOf = (device) => (isMachine(device) ? machineName(device) : device.machine);

/** Machines of which nothing is heard any more, though they have told of themselves; not those whose devices are all switched off. */
function silentMachines(devices) {
  const told = devices.filter(({ since, settings }) => since && settings.enabled !== false);
  const machines = [...new Set(told.map(machineOf))];
  return machines.filter((machine) => told.every((one) => machineOf(one) !== machine || one.failure === SILENT));
}

/** One line for each trouble, whichever machines have it. */
function byCode(troubles) {
  const machines = new Map();
  for (const [code, machine] of troubles) machines.set(code, [...(machines.get(code) ?? []), machineWords(machine)]);
  return [...machines].map(([code, names]) => {
    const { lobby_what: what, lobby_do: todo } = failureWords(code);
    return { what: capital(word("machine.trouble", { machines: both.format(names), what: small(what) })), todo };
  });
}

const capital = (text) => text.charAt(0).toLocaleUpperCase("vi") + text.slice(1);
const small = (text) => text.charAt(0).toLocaleLowerCase("vi") + text.slice(1);

/** Show the lines in a list; those that stay are left alone, so that a screen reader says only what is new. */
export function drawTroubles(list, troubles) {
  const wanted = new Map(troubles.map((trouble) => [`${trouble.what} ${trouble.todo}`, trouble]));
  const shown = new Map([...list.children].map((line) => [line.textContent.trim(), line]));
  for (const [text, line] of shown) if (!wanted.has(text.trim())) line.remove();
  const lines = [...wanted].map(([text, { what, todo }]) => shown.get(text.trim()) ?? make("li", {}, make("strong", { text: what }), ` ${todo}`));
  lines.forEach((line, place) => list.children[place] === line || list.insertBefore(line, list.children[place] ?? null));
}
