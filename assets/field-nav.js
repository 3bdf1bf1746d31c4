// Hands a place over to the phone's map app in the datum that app speaks: WGS-84 (ours) as geo:, GCJ-02 to Amap and Tencent, BD-09 to Baidu.
// Formulas as in geodata/datums.py (published by wandergis/coordTransform, MIT; Krasovsky 1940); only the forward way is needed here.

const A = 6378245.0, EE = 0.006693421622965943, X_PI = (Math.PI * 3000) / 180;
const inChina = (lon, lat) => lon >= 73.66 && lon <= 135.05 && lat >= 3.86 && lat <= 53.55;
const wave = x => ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;

/** Degrees in, degrees out `[lon, lat]`; outside China the point itself. */
export function toGcj02(lon, lat) {
  if (!inChina(lon, lat)) return [lon, lat];
  const { sin, cos, sqrt, abs, PI } = Math, x = lon - 105, y = lat - 35, root = sqrt(abs(x));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave(x) + ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3 + ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave(x) + ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3 + ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const phi = (lat * PI) / 180, magic = 1 - EE * sin(phi) ** 2;
  return [lon + (east * 180) / ((A / sqrt(magic)) * cos(phi) * PI), lat + (north * 180) / (((A * (1 - EE)) / (magic * sqrt(magic))) * PI)];
}

/** Degrees of WGS-84 in, degrees of BD-09 out `[lon, lat]`. */
export function toBd09(lon, lat) {
  const [x, y] = toGcj02(lon, lat);
  const z = Math.hypot(x, y) + 0.00002 * Math.sin(y * X_PI), theta = Math.atan2(y, x) + 0.000003 * Math.cos(x * X_PI);
  return [z * Math.cos(theta) + 0.0065, z * Math.sin(theta) + 0.006];
}

const six = value => value.toFixed(6);
const apple = agent => /iPhone|iPad|iPod|Macintosh/.test(agent);

/** The apps a task can be handed to, in the order of the list; `system` is whatever the phone asks for a geo: place. */
export const APPS = ['amap', 'baidu', 'tencent', 'system'];

/** The address that opens an app with the way there. `agent` is the browser's name: Apple's phones know no geo: and spell Amap otherwise. */
export function wayTo(app, { lon, lat, name }, agent = globalThis.navigator?.userAgent || '') {
  const to = encodeURIComponent(name || '');
  if (app === 'amap') {
    const [x, y] = toGcj02(lon, lat), asked = `dlat=${six(y)}&dlon=${six(x)}&dname=${to}&dev=0&t=3&sourceApplication=yiping`;
    return apple(agent) ? `iosamap://path?${asked}` : `amapuri://route/plan/?${asked}`;
  }
  if (app === 'baidu') {
    const [x, y] = toBd09(lon, lat);
    return `baidumap://map/direction?destination=name:${to}|latlng:${six(y)},${six(x)}&coord_type=bd09ll&mode=riding&src=yiping`;
  }
  if (app === 'tencent') {
    const [x, y] = toGcj02(lon, lat);
    return `qqmap://map/routeplan?type=bike&to=${to}&tocoord=${six(y)},${six(x)}&referer=yiping`;
  }
  return apple(agent) ? `maps:?daddr=${six(lat)},${six(lon)}&q=${to}` : `geo:${six(lat)},${six(lon)}?q=${six(lat)},${six(lon)}(${to})`;
}
