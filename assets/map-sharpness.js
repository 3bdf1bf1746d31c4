// A map that a processor draws in place of a graphics card: pixels are what its frames cost there, so it is drawn with hardly any until it is
// whole, enough to make the shaders. Nobody sees that: of ten cells it would swallow nine. A resize ends a hand's gesture, so none comes later.

const COARSE = 0.1; // of the screen's pixels, each way
const SHARP_AFTER_MS = 4_000; // though it is not whole: a basemap of somebody else's may never come

/** `map` is not drawn yet; `tell(coarse)` hears whether it is too coarse to be seen. */
export function coarseUntilWhole(map, tell) {
  const sharpen = () => {
    clearTimeout(timer);
    map.off("load", sharpen);
    map.setPixelRatio(undefined); // the screen's own, whatever it becomes
    map.once("render", () => tell(false)); // the canvas is empty until then
  };
  tell(true);
  map.setPixelRatio(devicePixelRatio * COARSE);
  map.on("load", sharpen);
  const timer = setTimeout(sharpen, SHARP_AFTER_MS);
}
