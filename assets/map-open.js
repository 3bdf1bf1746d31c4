// Opens a MapLibre map the way our screens need it, and says whether a graphics card draws it. Decides no content.

const FONTS = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif";

/** px of one rem at 16 px, as a factor: a wall of another height draws everything in proportion. */
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** `box`: [west, south, east, north]. */
export function openMap(gl, container, style, box, padding) {
  const map = new gl.Map({
    container,
    style,
    bounds: box,
    fitBoundsOptions: { padding },
    attributionControl: false,
    maxCanvasSize: [8192, 8192],
    localIdeographFontFamily: FONTS,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    renderWorldCopies: false,
    maxTileCacheSize: 64,
  });
  map.touchZoomRotate.disableRotation();
  map.on("error", ({ error }) => console.warn("yiping map:", error?.message ?? error));
  return map;
}

/** Whether the processor has to draw what a graphics card should. */
export function drawsInSoftware(map) {
  const context = map.getCanvas().getContext("webgl2");
  const info = context?.getExtension("WEBGL_debug_renderer_info");
  return /swiftshader|llvmpipe|software/i.test(info ? context.getParameter(info.UNMASKED_RENDERER_WEBGL) : "");
}

/** How far the city keeps clear of what lies in the corners of a map's panel, px. */
export function paddingOf(panel) {
  const of = (selector) => panel.querySelector(selector)?.getBoundingClientRect() ?? { height: 0, width: 0 };
  const unit = rem() * 16;
  const { width, height } = panel.getBoundingClientRect();
  const wide = width / height > 1.75; // then the corners are free anyway
  const bottom = wide ? unit * 1.5 : of(".legend").height + unit * 2;
  return { top: wide ? unit * 1.5 : of(".chips").height + unit * 2, bottom, left: unit * 1.6, right: unit * 1.6 };
}
