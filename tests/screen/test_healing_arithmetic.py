"""What goes on by itself in a page when something failed, run by Node: texts that did not come, a beat that met an error, a tool that was taken away."""

from tests.screen.test_browser_state import HERE, run_alone

# What the modules ask of a browser when they load; what is asked of the server is answered by `answers`, one after another.
PAGE = f"""
const heard = [], failed = [];
const page = {{ location: {{ pathname: "/wall", search: "?area=32", assign: (to) => heard.push(to) }}, history: {{ replaceState() {{}} }}, addEventListener() {{}} }};
Object.assign(globalThis, page, {{ matchMedia: () => ({{ matches: true }}), document: {{ cookie: "", getElementsByTagName: () => [] }}, sessionStorage: {{ getItem: () => null, setItem() {{}} }} }});
console.error = console.warn = (...words) => String(words[0]).startsWith("yiping") && failed.push(words[0]);
const {{ view }} = await import("{HERE}/view.js");
const say = (it) => process.stdout.write(JSON.stringify(it), () => process.exit());
"""


def test_a_text_that_did_not_come_is_asked_for_again_and_one_that_is_not_there_is_not() -> None:
    script = """
    const asked = {}; const { awaitText, loadText, t } = await import(home + "/text.js");
    globalThis.fetch = async (url) => {
      const name = String(url).split("/").at(-1), time = (asked[name] = (asked[name] ?? 0) + 1);
      if (name === "zh.json") return { ok: true, status: 200, json: async () => ({ common: "共" }) };
      if (name === "own-zh.json" && time === 1) throw new TypeError("Failed to fetch");
      if (name === "own-zh.json" && time === 2) return { ok: false, status: 503 };
      return name === "own-zh.json" ? { ok: true, status: 200, json: async () => ({ own: "自" }) } : { ok: false, status: 404 };
    };
    const first = await loadText("zh", "own").catch((error) => error.message);
    await awaitText("zh", "own"); await awaitText("zh", "none"); await awaitText("zh", "none");
    say([first, t("common"), t("own"), asked, failed.length]);"""
    asked = {"zh.json": 1, "own-zh.json": 3, "none-zh.json": 1}
    assert run_alone(PAGE + script, home=HERE) == ["Failed to fetch", "共", "自", asked, 1]


def test_a_beat_that_met_an_error_is_followed_by_the_next() -> None:
    script = """
    const { Beat } = await import(home + "/screen-beat.js");
    const show = { key: "cast:1", why: "scene", address: "/wall?area=32&measure=aqi", title: "" };
    const answers = [null, { every_s: 1, at: "x", show: null }, { every_s: 1, at: "x", show }, { every_s: 1, at: "x", show }];
    globalThis.fetch = async () => { heard.push("beat"); return { ok: true, json: async () => answers.shift() }; };
    globalThis.innerWidth = globalThis.innerHeight = globalThis.devicePixelRatio = 1;
    view.on("measure", () => { throw new Error("a panel"); });
    const live = { on() {}, now: Date.now, link: "live", state: { sequence: 1 } };
    new Beat({ language: "zh", release: "a", watchdog: { heap_mb: 9e9, age_s: 9e9, quiet_s: 9, again_s: 9 } }, live, () => { throw new Error("the line"); });
    const wait = setInterval(() => { if (answers.length) return; clearInterval(wait); say([heard, view.get("measure"), failed.length]); }, 20);"""
    beats, measure, failures = run_alone(PAGE + script, home=HERE)
    assert beats == ["beat"] * 4
    assert measure == "aqi"  # although who says so on the screen fails, and who draws it
    assert failures >= 3


def test_what_is_around_goes_when_the_address_says_so_whoever_took_it_away() -> None:
    script = """
    const { Around } = await import(home + "/map-around.js");
    const around = new Around({ map: {}, shapes: {}, tools: { open: (name) => { heard.push("open " + name); around.card = {}; }, shut: () => { heard.push("shut"); around.card = null; } } });
    view.set({ around: "119.9,31.8,500" }); view.set({ around: null }); view.set({ around: "119.9,31.8,200" }); around.card = null; view.set({ around: null });
    say(heard);"""
    assert run_alone(PAGE + script, home=HERE) == ["open around", "shut", "open around"], "shut by hand it says so itself"
