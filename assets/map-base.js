// What lies under the cells, from our own layers: fetched, asked for again until it comes, and made into what the style draws.
// Decides where the city is on the map; draws nothing itself.

export const LAYERS = ["areas", "roads", "water", "places"];
const NEEDED = new Set(["areas"]); // a city need not have the others
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000, 30_000];
const NOWHERE = [[[119.8, 31.7], [120, 31.7], [120, 31.9], [119.8, 31.9]]]; // shown while a city has no outline
const WORLD = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];

export const collection = (features) => ({ type: "FeatureCollection", features });
export const feature = (geometry, properties = {}) => ({ type: "Feature", properties, geometry });

/** Gives a source its features, unless it holds just these: anything given is cut into tiles anew and costs a frame. */
export function put(map, name, features) {
  const source = map.getSource(name);
  if (source && JSON.stringify(source.serialize().data?.features) !== JSON.stringify(features)) source.setData(collection(features));
}

/** One layer; an empty one where a city has none. Throws where it cannot be had. */
export async function fetchLayer(name) {
  const answer = await fetch(`/api/v1/layers/${name}`, { credentials: "same-origin", signal: AbortSignal.timeout(30_000) });
  if (answer.status === 404 && !NEEDED.has(name)) return collection([]);
  if (!answer.ok) throw new Error(`layer ${name}: HTTP ${answer.status}`);
  return answer.json();
}

/** Asks for everything at once, and again for what did not come: `take(name, value)` gets each, `lack(names)` what is still away. */
export async function fetchAll(askers, take, lack) {
  const round = async (names) => {
    const found = await Promise.all(names.map((name) => askers[name]().catch(() => null)));
    names.forEach((name, at) => found[at] !== null && take(name, found[at]));
    return names.filter((_, at) => found[at] === null);
  };
  const again = async (missing) => {
    for (let tries = 0; missing.length; tries += 1) {
      lack(missing);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
      missing = await round(missing);
    }
    lack([]);
  };
  const missing = await round(Object.keys(askers));
  return { missing, settled: () => again(missing) };
}

export function outerRings(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
}

/** [west, south, east, north] of rings. */
export function bounds(rings) {
  const box = [180, 90, -180, -90];
  for (const ring of rings) for (const [x, y] of ring) [box[0], box[1], box[2], box[3]] = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
  return box;
}

/** The sources of the layers that came, and what the page knows from them. */
export function baseOf(layers) {
  const data = Object.fromEntries(LAYERS.map((name) => [name, layers[name] ?? collection([])]));
  const areas = data.areas.features;
  const district = areas.find((area) => area.properties.level === "district") ?? areas[0];
  const rings = district ? outerRings(district.geometry) : NOWHERE;
  const streets = areas.filter((area) => area.properties.level === "street");
  const point = ({ properties }) => feature({ type: "Point", coordinates: [properties.lon, properties.lat] }, { name: properties.name });
  const outside = collection([feature({ type: "Polygon", coordinates: [WORLD, ...rings] })]);
  return {
    areas,
    box: bounds(rings),
    streetNames: new Map(areas.map((area) => [area.properties.code, area.properties.name])),
    schematic: [...areas, ...data.roads.features].some((item) => item.properties?.schematic),
    sources: { ...data, streets: collection(streets.map(point)), outside },
  };
}

/** The lengths of `style` on a map that stands, for type of another size. */
export function rescale(map, style, by) {
  for (const { id, metadata, layout, paint } of style.layers) {
    for (const name of map.getLayer(id) ? (metadata?.rem ?? []) : []) {
      if (typeof layout?.[name] === "number") map.setLayoutProperty(id, name, layout[name] * by);
      if (typeof paint?.[name] === "number") map.setPaintProperty(id, name, paint[name] * by);
    }
  }
}

/** Lengths in the style are px at 16 px per rem; a wall of another height gets them in proportion. */
export function scaled(style, by) {
  for (const item of style.layers) {
    for (const name of item.metadata?.rem ?? []) {
      for (const part of ["layout", "paint"]) if (typeof item[part]?.[name] === "number") item[part][name] *= by;
    }
  }
  return style;
}
