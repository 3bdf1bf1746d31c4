// Which cameras a wall is to show, from the address: by hand (`cameras=`), by the incident shown (`incident=`), by area; and the asking for them.
// Keeps asking how they are without taking an address again, so that the audit tells looks and not minutes.

const AGAIN_MS = 30_000;

/** The question of an address's words. `most`: how many places there are. Pure. */
export function questionOf(view, { most, page }) {
  const hand = view.list("cameras");
  if (hand?.length) return { cameras: hand.join(","), most };
  if (view.get("incident")) return { incident: view.get("incident"), most };
  return { ...(view.get("area") ? { area: view.get("area") } : {}), most, ...(page ? { page } : {}) };
}

/** Whether what is shown must be asked for anew: other cameras, or another way to a picture. Pure. */
export const differs = (shown, told) => JSON.stringify(shown.map((one) => [one.device, one.plays, one.why])) !== JSON.stringify(told.map((one) => [one.device, one.plays, one.why]));

export class Asking {
  #turn = 0;
  #told = null;

  /** `read(path)` resolves to JSON; `show(told)` draws an answer; `failed(problem)`. `question()` gives the words. */
  constructor({ read, question, show, failed }) {
    Object.assign(this, { read, question, show, failed });
    this.timer = setInterval(() => this.#again(), AGAIN_MS);
  }

  /** Asks with a look: the addresses come along. */
  async load() {
    const turn = ++this.#turn;
    try {
      const told = await this.read(`/camera-wall?${new URLSearchParams(this.question())}`);
      if (turn !== this.#turn) return;
      this.#told = told;
      this.show(told);
    } catch (problem) {
      if (turn === this.#turn) this.failed(problem);
    }
  }

  async #again() {
    const turn = this.#turn;
    try {
      const told = await this.read(`/camera-wall?${new URLSearchParams({ ...this.question(), look: "false" })}`);
      if (turn !== this.#turn) return;
      if (!this.#told || differs(this.#told.pictures, told.pictures)) { await this.load(); return; }
      const known = new Map(this.#told.pictures.map((one) => [one.device, one]));
      this.#told = { ...told, pictures: told.pictures.map((one) => ({ ...one, player: known.get(one.device).player })) };
      this.show(this.#told);
    } catch { /* asked again; what is shown says itself that it stands still */ }
  }

  stop() { clearInterval(this.timer); }
}
