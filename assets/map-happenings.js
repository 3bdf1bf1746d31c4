// What happens, as marks on the map: alerts, cases, silences and the rings around what nobody has acknowledged. Drawn from the rows it is
// given; which of them belong to a wall, the wall decides.

import { put } from "./map-base.js";
import { Pulses, alertFeatures, caseFeatures, silenceFeatures } from "./map-marks.js";
import { isSilence, silenceMarks } from "./silence.js";

export class Happenings {
  hasSilence = false; // then a cell that turns grey, or no longer is, changes the marks

  constructor(map, over, rules) {
    Object.assign(this, { map, rules, pulses: new Pulses(map, over) });
  }

  /** `classes`: cell → class of the measure shown: a grey cell says itself that nothing is known there. */
  draw(state, visible, classes) {
    const alerts = [...state.alerts.values()].filter(visible);
    const cases = [...state.cases.values()].filter(visible);
    const signals = alerts.filter((row) => !isSilence(row, this.rules));
    this.hasSilence = signals.length < alerts.length;
    put(this.map, "silences", silenceFeatures(silenceMarks(alerts, this.rules, classes)));
    put(this.map, "alerts", alertFeatures(signals));
    put(this.map, "cases", caseFeatures(cases));
    this.pulses.show(alerts);
  }
}
