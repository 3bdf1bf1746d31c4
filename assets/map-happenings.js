// What happens, as marks on the map: alerts, cases, silences and the rings around what nobody has acknowledged. Drawn from the rows it is
// given; which of them belong to a wall, the wall decides.

import { put } from "./map-base.js";
import { Pulses, alertFeatures, caseFeatures, silenceFeatures } from "./map-marks.js";
import { isSilence, silenceMarks } from "./silence.js";

/** The features of each source of marks. `classes`: cell → class of the measure shown: a grey cell says itself that nothing is known there. Pure. */
export function marksOf(state, visible, classes, rules) {
  const alerts = [...state.alerts.values()].filter(visible);
  const signals = alerts.filter((row) => !isSilence(row, rules));
  return {
    alerts: alertFeatures(signals), cases: caseFeatures([...state.cases.values()].filter(visible)),
    silences: signals.length < alerts.length ? silenceFeatures(silenceMarks(alerts, rules, classes)) : [],
  };
}

export class Happenings {
  hasSilence = false; // then a cell that turns grey, or no longer is, changes the marks

  constructor(map, over, rules) {
    Object.assign(this, { map, rules, pulses: new Pulses(map, over) });
  }

  draw(state, visible, classes) {
    const alerts = [...state.alerts.values()].filter(visible);
    this.hasSilence = alerts.some((row) => isSilence(row, this.rules));
    for (const [name, features] of Object.entries(marksOf(state, visible, classes, this.rules))) put(this.map, name, features);
    this.pulses.show(alerts);
  }
}
