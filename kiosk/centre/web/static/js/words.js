// The words of this page, as the server put them into the data block #words.

let table = null;

function read() {
  table ??= JSON.parse(document.getElementById("words").textContent);
  return table;
}

/** The words at a dotted path, {names} replaced. Throws when there are none: a page never shows a key. */
export function word(path, values = {}) {
  const found = optionalWord(path);
  if (found === null) throw new Error(`no words for ${path}`);
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The words at a dotted path, or null. */
export function optionalWord(path) {
  let found = read();
  for (const part of path.split(".")) {
    found = found?.[part];
  }
  return typeof found === "string" ? found : null;
}

/** {cause, remedy, consequence} of a failure's code; unknown codes read as UNEXPECTED. */
export function failureWords(code) {
  const failures = read().failure;
  return failures[code] ?? failures.UNEXPECTED;
}
