// The server's time, told by what the server says and by a clock that cannot be set: a wrong client clock must not lie.

/** Milliseconds that only ever go forward, whatever is done to the client's clock. */
export const steady = () => performance.timeOrigin + performance.now();

const KEEP_MS = 60_000;

export class ServerClock {
  #marks = []; // [steady, server ms minus steady]: each a lower bound of the offset, for a message cannot be older than its stamp
  #upper = Infinity;
  #lower = -Infinity;

  /** A stamp the server put into a message that has just arrived. */
  stamped(iso, arrived = steady()) {
    const at = Date.parse(iso);
    if (Number.isNaN(at)) return;
    this.#marks = this.#marks.filter(([when]) => arrived - when < KEEP_MS);
    this.#marks.push([arrived, at - arrived]);
  }

  /** The Date header of an answer: the server's time cut to the second, somewhere between asking and answering. */
  answered(date, asked, arrived = steady()) {
    const at = Date.parse(date ?? "");
    if (Number.isNaN(at)) return;
    const lower = at - arrived;
    const upper = at + 1000 - asked;
    const apart = lower > this.#upper || upper < this.#lower; // one of the clocks was set: begin anew
    this.#lower = apart ? lower : Math.max(this.#lower, lower);
    this.#upper = apart ? upper : Math.min(this.#upper, upper);
  }

  get offset() {
    const best = this.#marks.length ? Math.max(...this.#marks.map(([, offset]) => offset)) : -Infinity;
    if (best > -Infinity) return Math.min(best, this.#upper);
    if (this.#upper < Infinity) return (this.#lower + this.#upper) / 2;
    return Date.now() - steady();
  }

  /** Milliseconds since 1970 as the server counts them. */
  now() {
    return steady() + this.offset;
  }
}

const makers = new Map();

function maker(zone, language, options) {
  const key = zone + language + JSON.stringify(options);
  if (!makers.has(key)) makers.set(key, new Intl.DateTimeFormat(language === "en" ? "en-GB" : "zh-CN", { timeZone: zone, hourCycle: "h23", ...options }));
  return makers.get(key);
}

export const timeOf = (ms, zone, language) => maker(zone, language, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms);
export const minuteOf = (ms, zone, language) => maker(zone, language, { hour: "2-digit", minute: "2-digit" }).format(ms);

/** Day and minute, without the year: 11/21 18:00, 21 Nov, 18:00. */
export const stampOf = (ms, zone, language) => maker(zone, language, { day: "2-digit", month: language === "en" ? "short" : "2-digit", hour: "2-digit", minute: "2-digit" }).format(ms);

export function dateOf(ms, zone, language) {
  const options = language === "en" ? { weekday: "long", day: "numeric", month: "long", year: "numeric" } : { year: "numeric", month: "long", day: "numeric", weekday: "long" };
  return maker(zone, language, options).format(ms).replace("星期", " 星期").replace("  ", " ");
}

/** Seconds as people say them: 42 s, 7 min, 3 h; the words come from the caller's texts. */
export function ageText(seconds, t) {
  if (seconds < 60) return t("age.seconds", { n: Math.max(0, Math.floor(seconds)) });
  if (seconds < 3600) return t("age.minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("age.hours", { n: Math.floor(seconds / 3600) });
  return t("age.days", { n: Math.floor(seconds / 86_400) });
}

/** 754 → 12:34, 4000 → 1:06:40. */
export function countdownText(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}
