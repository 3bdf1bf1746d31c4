// Key figures, vital signs and the steps of the closed loop: sums over the streets, each with its age. Asks the server nothing.

import { ageText } from "./clock.js";
import { el, figuresOf, setText, slotOf } from "./dom.js";
import { foldVital, sums, workOf } from "./state.js";
import { t } from "./text.js";

export class Figures {
  constructor({ root, config, live, mine }) {
    Object.assign(this, { root, config, live, mine });
    this.write = figuresOf(root);
    this.vitals = new Map(config.vitals.map((vital) => [vital.name, { vital, row: root.querySelector(`[data-vital="${vital.name}"]`) }]));
    for (const { vital, row } of this.vitals.values()) this.#gauge(vital, row);
  }

  draw(state) {
    this.total = sums(state);
    this.#kpis(state, this.total);
    this.#loop(state, this.total);
    this.tick(state);
  }

  /** Ages grow while nothing comes: once a second they are told again. */
  tick(state) {
    if (!this.total) return;
    this.#vitals(this.total);
    const { limit } = this.live;
    const age = this.live.age();
    for (const [name, value] of Object.entries(this.shown ?? {})) this.write(name, value.value, { ...value, age, limit });
    if (state.sequence >= 0) document.body.classList.toggle("stale", age > limit);
  }

  #kpis(state, total) {
    const { domain } = this.config;
    const own = workOf(state, this.mine);
    const level = (n) => (domain ? own.alerts[n] : total.alerts[n]);
    const shown = (this.shown = {});
    const put = (name, value, options = {}) => (shown[name] = { value: value ?? NaN, ...options });
    const known = total.known;
    for (const n of [1, 2, 3, 4, 5]) put(`alerts_open_${n}`, known ? level(n) : NaN);
    put("alerts_open", known ? [1, 2, 3, 4].reduce((sum, n) => sum + level(n), 0) : NaN, { rolls: true });
    put("alerts_unack", domain ? own.unack : total.unack);
    put("cases_open", domain ? own.cases : total.cases_open, { rolls: true });
    put("cases_overdue", domain ? own.overdue : total.cases_overdue);
    put("cases_today", total.cases_today);
    put("closed_in_time", total.closed_in_time);
    put("due_today", total.due_today);
    put("in_time_rate", total.due_today ? (100 * total.closed_in_time) / total.due_today : NaN, { decimals: 1 });
    const [seconds, n] = total.response;
    put("response_mean", n ? seconds / n / 60 : NaN, { decimals: 1 });
    put("response_samples", known ? n : NaN);
    put("devices_online", total.online, { rolls: true });
    put("devices_total", total.devices);
    put("devices_silent", total.silent);
    put("online_rate", total.devices ? (100 * total.online) / total.devices : NaN, { decimals: 1, text: total.devices ? `${((100 * total.online) / total.devices).toFixed(1)}%` : null });
    put("readings_minute", total.readings_minute);
    this.#signals(state, put);
  }

  /** Today's signals are the sum of the trend, so that tile and curve tie; compared with yesterday up to the same quarter. */
  #signals(state, put) {
    const { today, yesterday, bucket_s: step } = state.trend;
    const now = Math.floor(this.live.now() / 1000);
    const running = Math.floor(now / step) * step;
    const sum = (day, until) => [...day].reduce((total, [at, n]) => total + (at < until ? n : 0), 0);
    const known = state.sequence >= 0 && (today.size > 0 || yesterday.size > 0);
    put("signals_today", known ? sum(today, Infinity) : NaN, { rolls: true });
    put("signals_quarter", known ? (today.get(running) ?? 0) : NaN);
    const before = sum(yesterday, running - 86_400);
    const change = known && before ? (100 * (sum(today, running) - before)) / before : NaN;
    put("signals_change", change, { decimals: 1, text: Number.isFinite(change) ? `${change >= 0 ? "▲" : "▼"} ${Math.abs(change).toFixed(1)}%` : null });
  }

  #loop(state, total) {
    const { steps } = workOf(state, this.mine);
    for (const [step, n] of Object.entries(steps)) this.shown[`loop_${step}`] = { value: state.sequence >= 0 ? n : NaN, rolls: true };
    this.shown.loop_closed = { value: total.closed_today ?? NaN, rolls: true };
  }

  #gauge({ good, bad }, row) {
    const gauge = slotOf(row, "gauge");
    gauge.append(el("i", "gauge-fill"));
    if (good == null || bad == null) return;
    row.dataset.top = String(bad * 1.35);
    for (const [name, at] of [["good", good], ["bad", bad]]) {
      const tick = gauge.appendChild(el("i", `gauge-tick gauge-${name}`));
      tick.style.left = `${(100 * at) / (bad * 1.35)}%`;
    }
  }

  #vitals(total) {
    for (const [name, { vital, row }] of this.vitals) {
      const told = total.vitals[vital.metric];
      const value = foldVital(told, vital.fold);
      const age = told ? this.live.now() / 1000 - told.newest : null;
      this.write(name, value ?? NaN, { decimals: vital.decimals, age, limit: this.config.stale.vital });
      const fill = row.querySelector(".gauge-fill");
      const share = value === null ? 0 : Math.max(0.012, Math.min(1, value / Number(row.dataset.top || value || 1)));
      fill.style.scale = `${share.toFixed(3)} 1`;
      row.dataset.level = value === null ? "unknown" : vital.bad != null && value >= vital.bad ? "bad" : vital.good != null && value > vital.good ? "between" : "good";
      const note = value === null ? t("vitals.silent") : t("vitals.told", { n: told.n, age: ageText(Math.max(0, age), t) });
      setText(slotOf(row, "vital-note"), note);
    }
  }
}
