// What the card of a point says: how it is and since when, its latest values with their age, the picture of a camera or why there is none, and
// the ways on. Of several points that stand on one another: their list.

import { ageText, minuteOf, timeOf } from "./clock.js";
import { grouped } from "./dom.js";
import { severityOf } from "./map-points-columns.js";
import { lang, listed, t } from "./text.js";
import { view } from "./view.js";

const READERS_NOT = new Set(["", "wall"]); // a wall has no desk to go to, and no pictures of people

/** The facts of one point. */
export async function cardOf(layer, code) {
  const row = await layer.ask(`/map/points/${layer.name}/${encodeURIComponent(code)}`);
  const told = { devices: deviceCard, cameras: deviceCard, components: componentCard, resources: resourceCard }[layer.name](layer, row);
  const around = [t("layer.way.here"), () => view.set({ around: `${row.lon.toFixed(6)},${row.lat.toFixed(6)},500` })];
  return { ...told, drill: row.drill, said: [...(row.simulated ? [t("layer.sim")] : []), ...(told.said ?? [])], ways: [...(told.ways ?? []), around] };
}

/** Several points at one place. */
export const listOf = (layer, { count, points }) => ({
  title: t("layer.many", { n: grouped(count), what: t(`layer.${layer.name}`) }),
  rows: points.map(({ code, kind, rank, drill }) => ({ text: kind ? `${kindText(layer, kind)} ${code}` : code, severity: layer.alerts ? severityOf(rank) : null, drill, select: code })),
});

const ago = (layer, iso) => ageText((layer.district.live.now() - Date.parse(iso)) / 1000, t);
const since = (layer, iso) => (iso ? t("layer.since", { time: minuteOf(Date.parse(iso), layer.district.config.timezone, lang()), age: ago(layer, iso) }) : "");
const kindText = (layer, kind) => (layer.name === "resources" ? t(`layer.kind.${kind}`) : kind);

function deviceCard(layer, row) {
  const replayed = !layer.live;
  const camera = layer.name === "cameras";
  const word = camera && row.state === "ok" ? "online" : row.state;
  const state = replayed ? [t("layer.state"), null, t("layer.replayed")] : [t("layer.state"), t(`layer.state.${word}`), since(layer, row.since)];
  const values = replayed ? [] : row.values.map((one) => valueLine(layer, one));
  const lines = [state, ...alertLines(layer, row.code), ...values, ...(row.owner ? [[t("layer.owner"), row.owner]] : []), [t("layer.code"), row.code]];
  const said = camera || replayed || values.length ? [] : [t("layer.value_none")];
  return { title: row.name || row.code, kind: row.kind ?? "", lines, ...(camera ? picture(layer, row, said) : { said }) };
}

function alertLines(layer, code) {
  const open = [...(layer.district.state?.alerts.values() ?? [])].filter((row) => row.device === code);
  return open.map((row) => [t(`severity.${row.severity}`), `${row.drill ? `[${t("layer.drill")}] ` : ""}${row.title}`, since(layer, row.raised_at)]);
}

/** What is not good is not known, and says why. */
function valueLine(layer, { metric, label, value, text, unit, quality, observed_at: at }) {
  const number = typeof value === "number" ? grouped(value, Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1) : text;
  const good = quality === "good" && number !== null && number !== undefined;
  return [lang() === "en" ? metric : label || metric, good ? [number, unit].filter(Boolean).join(" ") : null, [good ? "" : t(`quality.word.${quality}`), at ? ago(layer, at) : ""].filter(Boolean).join(" · ")];
}

/** The newest picture it brought with its age; without one, why there is none. Beside figures of then a picture of now would lie. */
function picture(layer, row, said) {
  if (!layer.live) return { said: [...said, t("layer.replayed_picture")] };
  if (READERS_NOT.has(layer.district.config.reader ?? "")) return { said: [...said, t("layer.picture_not_yours")] };
  const watch = row.may_watch && row.has_stream ? [[t("layer.picture_way"), `/cameras?cameras=${encodeURIComponent(row.code)}`]] : [];
  if (row.picture) {
    const at = row.picture.taken_at && t("layer.picture_of", { time: timeOf(Date.parse(row.picture.taken_at), layer.district.config.timezone, lang()), age: ago(layer, row.picture.taken_at) });
    return { image: `/api/v1/media/${row.picture.media_id}`, said: [...said, ...(at ? [at] : [])], ways: watch };
  }
  const why = row.state === "ok" ? (row.has_stream ? t("layer.no_still") : t("layer.no_stream")) : row.state === "unknown" ? t("layer.camera_unknown") : t("layer.camera_offline");
  return { said: [...said, t("layer.no_picture", { why: [why, since(layer, row.since)].filter(Boolean).join(" ") })], ways: watch };
}

function componentCard(layer, row) {
  const lines = [[t("layer.state"), row.state || null], [t("layer.class"), row.class_code], [t("layer.owner"), (lang() === "en" && row.unit_en) || row.unit || row.owner], [t("layer.place"), row.place], [t("layer.surveyed"), row.surveyed_on], [t("layer.code"), row.code]];
  return { title: row.name || row.code, kind: t("layer.components"), lines };
}

/** The ledger keeps how a thing is, not how it was: in a replay its state is not known, and its entry is said to be of now. */
function resourceCard(layer, row) {
  const name = (lang() === "en" && row.name_en) || row.name;
  const quantity = row.quantity === null ? null : [grouped(row.quantity), row.measure].filter(Boolean).join(" ");
  const state = layer.live ? t(row.busy ? "layer.state.busy" : "layer.state.ready") : null;
  const lines = [[t("layer.state"), state], [t("layer.quantity"), quantity], [t("layer.tags"), listed(row.tags)], [t("layer.unit"), (lang() === "en" && row.unit_en) || row.unit], [t("layer.place"), row.address], [t("layer.updated"), layer.live ? ago(layer, row.updated_at) : null]];
  const ways = READERS_NOT.has(layer.district.config.reader ?? "") ? [] : [[t("layer.way.ledger"), `/ledgers/resources/${encodeURIComponent(row.code)}`]];
  return { title: name, kind: t(`layer.kind.${row.kind}`), lines, said: layer.live ? [] : [t("layer.replayed_ledger")], ways };
}
