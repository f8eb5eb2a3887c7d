// Small helpers to build pages out of elements, never out of strings of HTML.

export const byId = (id) => document.getElementById(id);

/** An element: make("p", {class: "quiet", text: "…"}, child, …). Null children are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set the text only when it differs, so that screen readers and selections are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Say a change aloud to screen readers. */
export function announce(text) {
  const region = byId("live");
  if (region) region.textContent = text;
}
