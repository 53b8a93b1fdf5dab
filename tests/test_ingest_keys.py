"""What makes an article the same one as before, and what it goes by in the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import MakeArticle, Newsroom
from ingest_sets import Kept, sides, verdicts
from newsdedup.article import Article, Skipped
from newsdedup.ingest.keys import keys_of
from newsdedup.loaders import load_articles
from newsdedup.store.database import Database


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda article: replace(article, title="Another", published="2024-01-01", lang="en"), True),
        (lambda article: replace(article, id="another"), True),  # the address names it
        (lambda article: replace(article, text=f"  {article.text}\n"), True),
        (lambda article: replace(article, url="https://example.org/a?utm_source=feed#top"), True),
        (lambda article: replace(article, source="Another"), True),
        (lambda article: replace(article, text=f"{article.text} And more."), False),
        (lambda article: replace(article, text=f"{article.text}\n\nCorrection: it was told at one."), False),
        (lambda article: replace(article, text=f"Editor's note: it is retracted.\n\n{article.text}"), False),
        (lambda article: replace(article, text=f"{article.text}\n\nAll rights reserved."), True),
        (lambda article: replace(article, url="https://example.org/b"), False),
        (lambda article: replace(article, url=None), False),
    ],
)
def test_one_text_at_one_address_is_one_article(
    make_article: MakeArticle, change: Callable[[Article], Article], same: bool
) -> None:
    article = make_article("It was told at noon.", url="https://example.org/a", source="One", id="x")
    assert (keys_of(change(article)).identity == keys_of(article).identity) is same


def test_without_an_address_the_name_at_its_source_is_the_place(make_article: MakeArticle) -> None:
    article = make_article("It was told.", id="guid-1", source="One")
    place = keys_of(article).place
    assert place is not None
    assert keys_of(replace(article, text="Otherwise.")).place == place
    assert keys_of(replace(article, source="Two")).place != place
    assert keys_of(replace(article, id="guid-2")).place != place


def test_a_file_of_its_own_is_the_place(make_article: MakeArticle, tmp_path: Path) -> None:
    article = make_article("It was told.", id="a.txt", origin=str(tmp_path / "a.txt"))
    assert keys_of(article).place == keys_of(replace(article, id="x/a.txt", text="Otherwise.")).place
    assert keys_of(replace(article, origin=str(tmp_path / "b.txt"))).place != keys_of(article).place


def test_a_line_without_a_name_has_no_place(make_article: MakeArticle) -> None:
    line = make_article("It was told.", id="a.jsonl#3", origin="a.jsonl", line=3, source="One")
    assert keys_of(line).place is None
    assert keys_of(replace(line, id="a.jsonl#4", line=4)) == keys_of(line)
    assert keys_of(replace(line, source="Two")).identity != keys_of(line).identity
    assert keys_of(make_article("It was told.", id="-", origin="standard input")).place is None


def test_a_lone_surrogate_can_be_hashed(make_article: MakeArticle) -> None:
    assert len(keys_of(make_article("It was \ud800 told.", id="\udcff")).identity) == 16


def lines(path: Path, texts: list[str]) -> list[Article | Skipped]:
    import json  # noqa: PLC0415 - here only

    path.write_text("".join(f"{json.dumps({'text': text})}\n" for text in texts), encoding="utf-8")
    return list(load_articles(path))


def test_a_line_put_in_front_of_the_others_makes_none_of_them_new(
    kept: Kept, newsroom: Newsroom, tmp_path: Path
) -> None:
    said = [newsroom.articles[f"k0{number}-orig"].text for number in (1, 2, 4)]
    first = kept.run(lines(tmp_path / "a.jsonl", said))
    assert first.figures is not None
    assert first.figures.new == 3
    again = kept.run(lines(tmp_path / "a.jsonl", [newsroom.articles["k05-orig"].text, *said]))
    assert again.figures is not None
    assert (again.figures.new, again.figures.versions, again.figures.repeated) == (1, 0, 3)
    assert again.pairs == ()
    # The new first line has an id that another text went by when it came.
    assert sorted(Path(name).name for name in kept.stored()) == ["a.jsonl#1", "a.jsonl#1~2", "a.jsonl#2", "a.jsonl#3"]


def test_one_text_from_two_places_is_two_articles_and_a_pair(kept: Kept, newsroom: Newsroom) -> None:
    one = replace(newsroom.articles["k01-orig"], id="one", url="https://one.example/", published=None)
    two = replace(one, id="two", url="https://two.example/", source="Two")
    kept.run([one])
    assert verdicts(kept.run([two])) == {("one", "two"): "identical"}


def test_one_text_twice_in_a_run_is_one_article(kept: Kept, newsroom: Newsroom) -> None:
    one = newsroom.articles["k01-orig"]
    result = kept.run([one, one, replace(one, id="again", title="Another")])
    assert result.figures is not None
    assert (result.figures.read, result.figures.new, result.figures.repeated) == (3, 1, 2)
    assert sorted(kept.stored()) == [one.id]


def test_a_taken_id_is_numbered_and_the_record_says_so(kept: Kept, newsroom: Newsroom) -> None:
    known = newsroom.articles
    several = [replace(known[f"k0{each}-orig"], id="same", url=f"https://x.example/{each}") for each in (1, 2, 4)]
    kept.run(several[:1])
    kept.run(several[1:])
    assert sorted(kept.stored()) == ["same", "same~2", "same~3"]
    copy = replace(known["k04-syndicated"], id="same~2")
    assert sides(kept.run([copy])) == [("same~2~2", "same~3")]
    numbers = {name: each.number for name, each in kept.stored().items()}
    for name, number in numbers.items():
        assert record(kept, number).id == name


def record(kept: Kept, number: int) -> Article:
    found: list[Article] = kept.asked(lambda reader: reader.articles([number]))
    return found[0]


def test_a_taken_id_goes_on_from_the_highest_number(kept: Kept, newsroom: Newsroom) -> None:
    stories = iter(sorted({name[:3] for name in newsroom.articles}))

    def named(name: str) -> Article:
        story = next(stories)
        return replace(newsroom.articles[f"{story}-orig"], id=name, url=f"https://x.example/{story}")

    strange = [
        "same",
        "same~9",
        "same~x",
        "same~",
        "same~12~3",
        "same~077",
        f"same~{'9' * 5000}",
        "same\udcff",
        "Same~40",
    ]
    kept.run([named(name) for name in strange])
    kept.run([named("same"), named("same~10"), named("same"), named("same\udcff")])
    added = kept.stored().keys() - {*strange}
    assert added == {"same~10", "same~10~2", "same~11", "same\udcff~2"}


def test_many_of_one_id_ask_the_store_no_more_than_others(
    kept: Kept, make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    rows = Database.rows

    def counted(database: Database, sql: str, values: Sequence[object] = ()) -> list[object]:
        asked.append(sql)
        return rows(database, sql, values)

    monkeypatch.setattr(Database, "rows", counted)

    def queries(articles: list[Article]) -> int:
        asked.clear()
        kept.run(articles)
        return len(asked)

    counts = {}
    for names in ("same", "other-{}"):
        articles = [
            make_article(f"It was told at {each}.", id=names.format(each), url=f"https://x.example/{names}/{each}")
            for each in range(100)
        ]
        kept.run(articles[:50])
        counts[names] = queries(articles[50:])
    assert counts["same"] <= counts["other-{}"] + 2 * 50


def test_three_of_one_id_in_one_run_are_numbered_as_they_come(kept: Kept, newsroom: Newsroom) -> None:
    known = newsroom.articles
    kept.run([replace(known[f"k0{each}-orig"], id="same", url=f"https://x.example/{each}") for each in (1, 2, 4)])
    found = {name: each.source for name, each in kept.stored().items()}
    assert found == {
        "same": known["k01-orig"].source,
        "same~2": known["k02-orig"].source,
        "same~3": known["k04-orig"].source,
    }


def test_lone_surrogates_can_be_stored(kept: Kept, newsroom: Newsroom) -> None:
    one = replace(newsroom.articles["k01-orig"], id="one\udcff", source="Wire \udcfe", url=None, published=None)
    one = replace(one, text=f"{one.text}\n\nThe minister of Kar\ud800 said 'no' on 12 May.")
    other = replace(newsroom.articles["k01-syndicated"], id="other", published=None)
    other = replace(other, text=f"{other.text}\n\nThe minister of Kar\ud800 said 'no' on 13 May.")
    kept.run([one])
    result = kept.run([other])
    assert sides(result) == [("one\udcff", "other")]
    assert kept.report().pairs == result.pairs
    again = kept.run([one, other])
    assert again.figures is not None
    assert again.figures.repeated == 2
    assert set(kept.stored()) == {"one\udcff", "other"}


def test_a_note_that_only_tells_another_time_of_update_makes_no_new_text(make_article: MakeArticle) -> None:
    early, late = (
        keys_of(make_article(f"It was told at noon.\n\nThis story was updated at {time}.", id="x", source="One"))
        for time in ("10:05", "11:40")
    )
    assert early == late
    assert early.identity != keys_of(make_article("It was told at noon.", id="x", source="One")).identity
