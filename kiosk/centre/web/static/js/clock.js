// The centre's time, whatever the clock of this computer says, and times in words.

let ahead = 0; // milliseconds the centre's clock is ahead of ours
let roundTrip = Infinity;

/** Learn from an answer's Date header; the quickest answer tells it best. */
export function learnFrom(response, sentAt) {
  const stamp = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(stamp)) return;
  const took = Date.now() - sentAt;
  const measured = stamp + 500 - (sentAt + took / 2); // the header has whole seconds: half a second on average
  const jumped = Math.abs(measured - ahead) > took + 2000; // one of the two clocks was set
  if (took <= roundTrip || jumped) {
    roundTrip = took;
    ahead = Math.abs(measured) < 2000 ? 0 : measured;
  }
}

export const now = () => Date.now() + ahead;

/** Whole seconds since an ISO moment, never negative. */
export const secondsSince = (moment) => Math.max(0, Math.floor((now() - Date.parse(moment)) / 1000));

/** 65 → "1:05", 3725 → "1:02:05". */
export function stopwatch(seconds) {
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const timeOfDay = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Ho_Chi_Minh" });

/** An ISO moment as the time of day in Vietnam, "09:05". */
export const hourMinute = (moment) => timeOfDay.format(typeof moment === "number" ? moment : Date.parse(moment));

const dayMonth = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const date = (at) => {
  const parts = new Map(dayMonth.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.get("day")}/${parts.get("month")}`;
};

const wholeDate = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Ho_Chi_Minh" });

/** An ISO moment as the day in Vietnam, "21/11/2026". */
export const fullDate = (iso) => wholeDate.format(Date.parse(iso));

/** An ISO moment as "09:05", or as "09:05, 21/11" on another day than today. */
export function moment(iso) {
  const at = Date.parse(iso);
  const today = date(at) === date(now()) && Math.abs(now() - at) < 86_400_000;
  return today ? hourMinute(at) : `${hourMinute(at)}, ${date(at)}`;
}
