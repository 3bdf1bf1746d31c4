// Opens a MapLibre map the way our screens need it, and says whether a graphics card draws it. Decides no content.

const FONTS = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif";

const FREE = 0.62; // of the panel's width: boxes that take less of it lie in its corners
const MOST = 0.6; // of the panel's width and height that all padding may take: a city is no dot between two boxes

/** px of one rem at 16 px, as a factor: a wall of another height draws everything in proportion. */
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** `place`: what it shows first, `bounds` with its options, or `center` and `zoom`. */
export function openMap(gl, container, style, place) {
  const map = new gl.Map({
    container,
    style,
    attributionControl: false,
    maxCanvasSize: [8192, 8192],
    localIdeographFontFamily: FONTS,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    renderWorldCopies: false,
    ...place,
  });
  map.touchZoomRotate.disableRotation();
  map.on("error", ({ error }) => console.warn("yiping map:", error?.message ?? error));
  return map;
}

/** Whether a map shows a place, to half a px and a hundredth of a zoom. */
export function isAt(map, { center, zoom }) {
  const [here, there] = [map.project(map.getCenter()), map.project(center)];
  return Math.hypot(here.x - there.x, here.y - there.y) < 0.5 && Math.abs(map.getZoom() - zoom) < 0.01;
}

/** Whether the processor has to draw what a graphics card should. */
export function drawsInSoftware(map) {
  const context = map.getCanvas().getContext("webgl2");
  const info = context?.getExtension("WEBGL_debug_renderer_info");
  return /swiftshader|llvmpipe|software/i.test(info ? context.getParameter(info.UNMASKED_RENDERER_WEBGL) : "");
}

/** How far the city keeps clear of what lies at the edges of a map's panel, px. Boxes in the corners of a broad map cost it no room. */
export function paddingOf(panel) {
  const unit = rem() * 16, frame = panel.getBoundingClientRect();
  const boxes = (...names) => names.map((name) => panel.querySelector(name)?.getBoundingClientRect()).filter((box) => box?.width);
  const room = (found, depth) => (found.reduce((sum, { width }) => sum + width, 0) > FREE * frame.width ? Math.max(...found.map(depth)) + unit * 0.7 : unit * 1.5);
  const rail = boxes(".map-tools").reduce((sum, { width }) => sum + width + unit * 0.7, 0);
  const [top, bottom] = within(frame.height, room(boxes(".area-path", ".chips"), (box) => box.bottom - frame.top), room(boxes(".legend", ".map-notes"), (box) => frame.bottom - box.top));
  const [left, right] = within(frame.width, unit * 1.6, unit * 1.6 + rail);
  return { top, bottom, left, right };
}

/** Two paddings of a side so long, both in proportion where they would take too much of it. */
function within(length, ...pair) {
  const most = (MOST * length) / (pair[0] + pair[1]);
  return pair.map((one) => one * Math.min(1, most));
}
