"""What a tile of a camera wall says of its picture, run by Node on a document that holds no more than the tile needs."""

from typing import Any

from tests.screen.test_browser_state import HERE, run_alone

DOCUMENT = """
class Node {
  constructor(tag) { Object.assign(this, { tag, children: [], dataset: {}, style: { setProperty() {} }, className: "", textContent: "", src: "" });
    this.classList = { toggle() {} }; }
  append(...nodes) { for (const node of nodes) { node.parent = this; this.children.push(node); } }
  replaceChildren(...nodes) { this.children = []; this.append(...nodes); }
  remove() { if (this.parent) this.parent.children = this.parent.children.filter((one) => one !== this); }
  setAttribute() {}
  addEventListener() {}
  querySelector(wanted) {
    const fits = (node) => (wanted.startsWith(".") ? node.className === wanted.slice(1) : node.tag === "img" && node.src.startsWith("/api/"));
    for (const child of this.children) { const found = fits(child) ? child : child.querySelector(wanted); if (found) return found; }
    return null;
  }
}
globalThis.document = { createElement: (tag) => new Node(tag) };
globalThis.matchMedia = () => ({ matches: true });
globalThis.ResizeObserver = class { observe() {} disconnect() {} };
"""
GRID = f"""const {{ CameraGrid, playsAs }} = await import("{HERE}/camera-wall-grid.js");
const place = new Node("div"), grid = new CameraGrid(place, {{ now: () => Date.parse("2026-11-22T04:00:00Z") }});
const tile = () => place.children[0], screen = () => tile().children[0].children.map((one) => one.className || one.src);
const live = () => tile().children[2].children.at(-1).textContent, why = () => tile().children[1].textContent;
const away = {{ device: "a", name: "a", state: "offline", player: null, why: null, since: null, picture: {{ url: "/api/v1/pictures/1", at: "2026-11-22T03:00:00Z" }} }};
const stream = (kind) => ({{ ...away, state: "online", picture: null, player: {{ kind, url: "http://camera.example/1" }} }});
"""


def run(script: str) -> Any:
    return run_alone(DOCUMENT + GRID + script + "grid.stop();")


def test_a_kept_picture_that_goes_leaves_its_tile_empty_and_the_grid_alive() -> None:
    found = run("""grid.show([away]); const before = [screen(), why()]; grid.show([{ ...away, picture: null }]); grid.tick();
        console.log(JSON.stringify([before, [screen(), why()], tile().dataset.state]));""")
    assert found == [
        [["cam-kept"], "cameras.why.offline · cameras.kept"], [[], "cameras.why.offline"], "none"
    ]  # fmt: skip


def test_a_broken_picture_does_not_stay_as_if_it_were_live() -> None:
    found = run("""grid.show([stream("mjpeg")]); const [shown] = tile().children[0].children; shown.onload(); shown.onerror();
        console.log(JSON.stringify([screen(), live(), why(), tile().dataset.state]));""")
    assert found == [[], "cameras.no_picture", "cameras.why.failed", "none"]


def test_of_an_endless_answer_nobody_says_that_it_is_live() -> None:
    found = run("""grid.show([stream("mjpeg")]); tile().children[0].children[0].onload();
        console.log(JSON.stringify([live(), tile().dataset.state, why(), ["hls", "video", "snapshot"].map(playsAs)]));""")
    assert found == ["cameras.stream", "stream", "", ["cameras.live", "cameras.live", "cameras.snapshot"]]
