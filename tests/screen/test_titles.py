"""What rows are called in the reader's language, run by Node."""

from tests.in_node import modules

run = modules({"T": "titles.js", "W": "text.js"})
RULES = {
    "gas": {
        "label": "可燃气体",
        "label_en": "Combustible gas",
        "limits": [{"label": "可燃气体高高报", "label_en": "Combustible gas high-high"}],
    },
    "smoke": {"label": "烟感报警", "label_en": "Smoke detected", "limits": [{"label": "浓烟", "label_en": ""}]},
}
ENGLISH = 'globalThis.fetch = async () => new Response("{}"); await W.loadText("en");'


def test_the_longest_label_that_ends_a_title_names_it_and_others_are_counted() -> None:
    told = run(
        'say(["凌家 可燃气体高高报 +1", "凌家 可燃气体", "凌家可燃气体", "", null].map((title) => T.partsOfTitle(title, rules)))',
        rules=RULES,
    )
    gas = {"label": "可燃气体", "label_en": "Combustible gas"}
    high = {"label": "可燃气体高高报", "label_en": "Combustible gas high-high"}
    assert told == [{**high, "place": "凌家", "more": " +1"}, {**gas, "place": "凌家", "more": ""}, None, None, None]


def test_english_puts_what_before_where_and_leaves_what_people_wrote() -> None:
    rows = [{"title": "凌家 可燃气体高高报 +1"}, {"title": "井盖翘起来了"}, {"title": "x", "rule": "smoke", "device_name": "烟感237"}]
    told = run(f"{ENGLISH} say(rows.map((row) => T.titleOf(row, rules)))", rows=rows, rules=RULES)
    assert told == ["Combustible gas high-high · 凌家 +1", "井盖翘起来了", "Smoke detected · 烟感237"]


def test_chinese_titles_stand_as_the_city_wrote_them() -> None:
    assert run('say(T.titleOf({ title: "凌家 可燃气体" }, rules))', rules=RULES) == "凌家 可燃气体"
