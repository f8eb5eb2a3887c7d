// Five faces, drawn: from a mouth that turns down to one that laughs.

const SVG = "http://www.w3.org/2000/svg";
const MOUTHS = ["M7 17.2q5-5 10 0", "M7.500 16.600q4.500-2.600 9 0", "M7.500 15.800h9", "M7.500 14.800q4.500 3 9 0", "M6.800 14q5.200 6.500 10.400 0z"];
const COLOURS = ["#8f2c1c", "#8f2c1c", "#6d4d0c", "#155541", "#155541"];
const FILLS = ["#f3d3c9", "#f8e4dc", "#f6e9c6", "#e2efe6", "#cde5d8"];

function part(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** The face for 1 (very dissatisfied) to 5 (very satisfied); the words beside it say the same. */
export function face(number) {
  const colour = COLOURS[number - 1];
  const drawing = part("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  drawing.append(
    part("circle", { cx: 12, cy: 12, r: 10.500, fill: FILLS[number - 1], stroke: colour, "stroke-width": 1.400 }),
    part("circle", { cx: 8.400, cy: 9.400, r: 1.400, fill: colour }),
    part("circle", { cx: 15.600, cy: 9.400, r: 1.400, fill: colour }),
    part("path", {
      d: MOUTHS[number - 1], fill: number === 5 ? colour : "none", stroke: colour, "stroke-width": 1.700,
      "stroke-linecap": "round", "stroke-linejoin": "round",
    }),
  );
  return drawing;
}
