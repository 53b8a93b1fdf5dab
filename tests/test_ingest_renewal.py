"""A store that is made to fit other settings keeps what it found, and goes on finding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conftest import Newsroom
from ingest_sets import CONFIG, NOW, Kept, by_time, sides
from newsdedup import Config
from newsdedup.article import Article
from newsdedup.errors import StoreError
from newsdedup.store.nouns import KeepText, Migrated
from newsdedup.stores import migrate_store

COPIES = Config(window_days=14, views=("copy",))


@pytest.fixture
def articles(newsroom: Newsroom) -> list[Article]:
    return by_time(newsroom.articles.values())[:50]


def migrated(kept: Kept, config: Config) -> Migrated:
    kept.config = config
    return migrate_store(kept.path, views=frozenset(config.views), lang=config.lang, now=NOW)


def copies_of(articles: list[Article]) -> list[Article]:
    """Of every fifth article a copy at another place."""
    return [
        replace(article, id=f"copy of {article.id}", url=f"https://copies.example/{number}", source="Copies")
        for number, article in enumerate(articles[::5])
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [(CONFIG, COPIES), (COPIES, CONFIG), (CONFIG, replace(CONFIG, lang="en"))],
    ids=["fewer views", "more views", "another language"],
)
def test_what_was_found_stays_and_a_new_copy_is_found(
    kept: Kept, articles: list[Article], before: Config, after: Config
) -> None:
    kept.config = before
    kept.run(articles)
    found = kept.report()
    with pytest.raises(StoreError, match="store migrate"):
        kept.run([], config=after)
    done = migrated(kept, after)
    assert done.articles == 50
    assert done.from_ != done.to
    assert kept.report().pairs == found.pairs
    assert kept.report().clusters == found.clusters
    again = kept.run(articles)
    assert again.figures is not None
    assert (again.figures.new, again.pairs) == (0, ())
    other = Kept(kept.path.with_name("other.db"), after)
    other.run(articles)
    copies = copies_of(articles)
    one, two = kept.run(copies), other.run(copies)
    assert one.pairs == two.pairs
    assert len(one.pairs) >= 10


def test_what_is_as_asked_is_left_alone(kept: Kept, articles: list[Article]) -> None:
    kept.run(articles[:10])
    before = kept.content()
    assert migrated(kept, CONFIG).articles == 0
    assert kept.content() == before


def test_a_damaged_index_is_made_anew_with_the_parameters_that_the_store_has(
    kept: Kept, articles: list[Article]
) -> None:
    kept.config = replace(COPIES, lang="en")
    kept.run(articles)
    next(kept.path.parent.rglob("postings-*")).unlink()
    with pytest.raises(StoreError, match=f"store verify {kept.path}, .* store migrate {kept.path}$"):
        kept.run([])
    done = migrate_store(kept.path, now=NOW)
    assert (done.articles, done.from_) == (50, done.to)
    assert kept.problems() == ()
    assert kept.run(articles).articles == 0


def test_a_migration_that_is_killed_goes_on_where_it_ended(
    kept: Kept, articles: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsdedup.store.migration._AT_ONCE", 20)
    kept.run(articles)
    found = kept.report()
    seen: list[tuple[str, int, int]] = []

    def killed(stage: str, done: int, total: int) -> None:
        seen.append((stage, done, total))
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate_store(kept.path, views=frozenset(COPIES.views), now=NOW, progress=killed)
    assert kept.problems() == ()
    assert kept.run(articles).pairs == ()  # as before
    assert migrate_store(kept.path, views=frozenset(COPIES.views), now=NOW, progress=killed).articles == 50
    assert [done for _, done, _ in seen] == [20, 40, 50]
    kept.config = COPIES
    assert kept.report().pairs == found.pairs
    assert len(kept.run(copies_of(articles)).pairs) >= 10


def test_without_texts_nothing_can_be_made_anew(kept: Kept, articles: list[Article]) -> None:
    kept.run(articles[:5], keep_text=KeepText.NONE)
    with pytest.raises(StoreError, match="keeps no texts"):
        migrate_store(kept.path, views=frozenset(COPIES.views), now=NOW)


def test_normalised_texts_are_known_again_after_a_migration(kept: Kept, articles: list[Article]) -> None:
    kept.run(articles, keep_text=KeepText.NORMALISED)
    migrated(kept, COPIES)
    again = kept.run(articles)
    assert again.figures is not None
    assert (again.figures.new, again.pairs) == (0, ())


def test_versions_and_boilerplate_outlast_a_migration(kept: Kept, articles: list[Article]) -> None:
    note = "The Harbour Line is a daily letter on ships and the sea, written by the desk in Bergen; tell a friend."
    letters = [
        replace(article, text=f"{article.text}\n\n{note}", source="The Harbour Line") for article in articles[::4]
    ]
    first = kept.run(letters)
    assert [each.text for each in first.boilerplate] == [note.rstrip(".")]
    changed = replace(letters[0], id="changed", text=letters[0].text + "\n\nThe ministry did not reply on Friday.")
    kept.run([changed])
    current = kept.current()
    lengths = kept.asked(lambda reader: reader.rows(range(reader.next_number))["length"].tolist())
    migrated(kept, COPIES)
    assert kept.asked(lambda reader: reader.rows(range(reader.next_number))["length"].tolist()) == lengths
    assert kept.current() == current
    told = sides(kept.run([replace(changed, id="copy", url="https://x.example/", source="X")]))
    assert ("changed", "copy") in told
    assert letters[0].id not in {side for pair in told for side in pair}
