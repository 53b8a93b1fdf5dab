"""Clusters that live: their ids, who joined, what became of those that were absorbed or fell apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import pytest

from conftest import Newsroom
from ingest_sets import DAY, NOW, Kept, sides
from newsdedup.article import Article
from newsdedup.ingest.clusters import assigned
from newsdedup.ingest.pairs import pair_bytes, tie_of
from newsdedup.result import AlignedSentence, Cluster, Evidence, Pair, Result, Verdict


@pytest.fixture
def told(newsroom: Newsroom) -> Mapping[str, Article]:
    """Two stories, without time."""
    names = ("orig", "syndicated", "revision", "spun", "paraphrase")
    return {
        f"{story}-{name}": replace(newsroom.articles[f"{story}-{name}"], published=None)
        for story in ("k01", "k04")
        for name in names
    }


Halves = Mapping[str, list[Article]]


@pytest.fixture
def halves(newsroom: Newsroom) -> Halves:
    """Two articles with the first two thirds of one text, two with its last two thirds, and two with all of it."""
    text = newsroom.articles["k01-orig"].text
    parts = text.split("\n\n")
    said = {
        "head": "\n\n".join(parts[: len(parts) * 2 // 3]),
        "tail": "\n\n".join(parts[len(parts) // 3 :]),
        "whole": text,
    }
    return {
        part: [
            Article(
                id=f"{part}-{number}",
                text=words,
                source=f"Paper {part} {number}",
                url=f"https://{number}.example/{part}",
            )
            for number in (1, 2)
        ]
        for part, words in said.items()
    }


def only(result: Result) -> Cluster:
    [cluster] = result.clusters
    return cluster


def test_a_cluster_keeps_its_id_as_it_grows(kept: Kept, told: Mapping[str, Article]) -> None:
    first = only(kept.run([told["k01-orig"], told["k01-syndicated"]]))
    assert first.joined == first.members == ("k01-orig", "k01-syndicated")
    second = only(kept.run([told["k01-spun"], told["k04-orig"]]))
    assert second.id == first.id
    assert second.members == ("k01-orig", "k01-spun", "k01-syndicated")
    assert second.joined == ("k01-spun",)
    assert second.absorbed == ()
    assert [row.born for row in kept.cluster_rows()] == [1]


def test_a_cluster_keeps_its_id_when_another_member_becomes_the_one_kept(
    kept: Kept, told: Mapping[str, Article]
) -> None:
    later = [replace(told[f"k01-{name}"], published="2024-10-31") for name in ("spun", "syndicated")]
    first = only(kept.run(later))
    second = only(kept.run([replace(told["k01-orig"], published="2024-10-30")]))
    assert second.id == first.id
    assert (first.canonical, second.canonical) == ("k01-spun", "k01-orig")


def test_a_pair_alone_brings_its_cluster_though_nobody_joined(kept: Kept, told: Mapping[str, Article]) -> None:
    kept.run([told["k01-spun"], told["k01-orig"]])
    kept.run([told["k01-syndicated"]])
    # A second text of the spun one is a copy of the original: a stronger pair of two that are members already.
    result = kept.run([replace(told["k01-spun"], id="spun-2", text=told["k01-syndicated"].text)])
    assert ("k01-syndicated", "spun-2") in sides(result)
    assert only(result).joined == ()
    assert only(result).members == ("k01-orig", "k01-spun", "k01-syndicated")
    assert only(result).verdicts["identical"] == 1  # the stronger of the two pairs of one pair of articles


def test_a_cluster_goes_by_the_current_texts(kept: Kept, told: Mapping[str, Article]) -> None:
    orig = replace(told["k01-orig"], published="2024-10-30")
    first = only(kept.run([orig, replace(told["k01-syndicated"], published="2024-10-31")]))
    assert first.canonical == "k01-orig"
    kept.run([replace(orig, id="later", text=f"{orig.text}\n\nThe ministry did not reply.", published="2024-11-02")])
    now = only(kept.report())
    assert (now.id, now.members) == (first.id, first.members)
    assert now.canonical == "k01-syndicated"
    kept.run([orig])
    assert only(kept.report()).canonical == "k01-orig"


def test_ids_are_given_to_those_who_have_most_of_the_members() -> None:
    old = {1: "a", 2: "a", 3: "a", 4: "b"}
    found = assigned([[1, 2, 9], [3, 4, 5]], old, {"a": 1, "b": 2})
    assert found.ids == ("a", "b")
    assert found.absorbed == {}


def test_of_two_clusters_that_grow_together_the_older_stays() -> None:
    found = assigned([[1, 2, 3, 4, 5]], {1: "a", 2: "a", 3: "a", 4: "b", 5: "b"}, {"a": 2, "b": 1})
    assert found.ids == ("b",)
    assert found.absorbed == {"a": "b"}


def test_of_a_cluster_that_splits_in_halves_the_first_group_keeps_the_id() -> None:
    found = assigned([[1, 2], [3, 4]], dict.fromkeys((1, 2, 3, 4), "a"), {"a": 1})
    assert found.ids == ("a", None)


def test_a_cluster_that_is_no_more_is_given_to_nobody() -> None:
    assert assigned([], {1: "a"}, {"a": 1}).ids == ()


def test_two_clusters_that_grow_together_are_told_as_one_once(kept: Kept, halves: Halves) -> None:
    one, other = kept.run(halves["head"]), kept.run(halves["tail"])
    assert only(one).id != only(other).id
    before = {name: each.story for name, each in kept.stored().items()}
    assert before["head-1"] == before["head-2"] != before["tail-1"]
    result = kept.run([halves["whole"][0]])
    cluster = only(result)
    assert cluster.id == only(one).id
    assert cluster.absorbed == (only(other).id,)
    assert cluster.joined == ("whole-1",)  # of the others readers were told
    assert kept.run([]).clusters == ()
    assert only(kept.report(run=3)).absorbed == (only(other).id,)
    assert [only(kept.report(run=run)).joined for run in (1, 2)] == [("head-1", "head-2"), ("tail-1", "tail-2")]
    rows = {row.id: row for row in kept.cluster_rows()}
    assert rows[only(other).id].absorbed_into == cluster.id
    assert len({each.story for each in kept.stored().values()}) == 1
    later = only(kept.run([halves["whole"][1]]))
    assert (later.id, later.absorbed, later.joined) == (cluster.id, (), ("whole-2",))


def test_a_cluster_that_took_in_another_before_anyone_was_told_names_both(kept: Kept, halves: Halves) -> None:
    one, other = kept.run(halves["head"]), kept.run(halves["tail"])
    kept.run([halves["whole"][0]], tell=False)
    cluster = only(kept.run([halves["whole"][1]]))
    assert (cluster.id, cluster.absorbed) == (only(one).id, (only(other).id,))
    assert cluster.joined == ("whole-1", "whole-2")


def test_a_cluster_falls_apart_when_what_held_it_together_expires(kept: Kept, halves: Halves) -> None:
    kept.run([halves["whole"][0]], now=NOW)
    both = only(kept.run([*halves["head"], *halves["tail"]], now=NOW + 20 * DAY))
    assert len(both.members) == 5
    assert kept.expire(10, now=NOW + 20 * DAY) == 1
    report = kept.report()
    assert sorted(cluster.members for cluster in report.clusters) == [("head-1", "head-2"), ("tail-1", "tail-2")]
    assert both.id in {cluster.id for cluster in report.clusters}
    assert len({cluster.id for cluster in report.clusters}) == 2
    # The part that got a new id is told under it, the other is not told again.
    told = kept.run([], now=NOW + 20 * DAY)
    assert [cluster.id == both.id for cluster in told.clusters] == [False]
    assert [cluster.joined for cluster in told.clusters] == [()]
    assert kept.run([], now=NOW + 20 * DAY).clusters == ()
    assert told.pairs == ()
    # What holds them together comes again, and the older id stays.
    again = only(kept.run([replace(halves["whole"][0], id="whole-3")], now=NOW + 21 * DAY))
    assert again.id == both.id
    assert again.absorbed == (told.clusters[0].id,)


def test_a_cluster_whose_last_pair_expires_is_no_more_and_its_id_is_free(
    kept: Kept, told: Mapping[str, Article]
) -> None:
    first = only(kept.run([told["k01-orig"], told["k01-syndicated"]], now=NOW))
    kept.run([told["k01-orig"]], now=NOW + 20 * DAY)
    assert kept.expire(10, now=NOW + 20 * DAY) == 1
    assert kept.report().clusters == ()
    assert kept.cluster_rows() == []
    again = only(kept.run([told["k01-syndicated"]], now=NOW + 21 * DAY))
    assert again.members == first.members
    assert again.joined == first.members


def test_ids_are_those_of_a_scan_and_unique_in_the_store(kept: Kept, told: Mapping[str, Article]) -> None:
    result = kept.run(told.values())
    assert len(result.clusters) == 2
    for cluster in result.clusters:
        assert cluster.id == hashlib.blake2b(cluster.canonical.encode(), digest_size=8).hexdigest()
    # The cluster of k01 goes on without the article that gave it its id, which then founds another one.
    canonical = result.clusters[0].canonical
    others = [each for name, each in told.items() if name != canonical]
    kept.run(others, now=NOW + 20 * DAY)
    kept.expire(10, now=NOW + 20 * DAY)
    strange = "A quite different matter of which nobody has heard before. " * 3
    said = " ".join(f"{strange} The {number}th reader wrote {number * 7} letters to the mayor." for number in range(9))
    pair = [Article(id=canonical, text=said), Article(id="z-else", text=said, source="Else")]
    fresh = only(kept.run(pair, now=NOW + 21 * DAY))
    assert fresh.canonical == canonical
    assert fresh.id not in {cluster.id for cluster in result.clusters}


def test_a_cluster_of_versions_has_one_member_for_each_article(kept: Kept, told: Mapping[str, Article]) -> None:
    url = "https://one.example/"
    kept.run([replace(told["k01-orig"], url=url), told["k01-syndicated"]])
    result = kept.run([replace(told["k01-revision"], url=url)])
    assert result.figures is not None
    assert result.figures.versions == 1
    report = only(kept.report())
    assert report.members == ("k01-orig", "k01-syndicated")


def test_a_cluster_that_grew_is_made_anew_once(
    kept: Kept, told: Mapping[str, Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.run([told["k01-orig"], told["k01-syndicated"], told["k04-orig"], told["k04-syndicated"]])
    read: list[str] = []

    def counted(data: bytes, names: Mapping[str, str]) -> Pair:
        tie = tie_of(data, names)
        read.append(f"{tie.left} {tie.right}")
        return tie

    monkeypatch.setattr("newsdedup.ingest.clusters.tie_of", counted)
    cluster = only(kept.run([told["k01-revision"]]))
    assert len(read) == len(set(read)) == sum(cluster.verdicts.values())


def test_a_pair_is_the_same_under_names_that_sort_the_other_way() -> None:
    sentences = (AlignedSentence(left=1, right=4, similarity=1.0), AlignedSentence(left=2, right=3, similarity=0.5))
    pair = Pair(
        left="a", right="b", verdict=Verdict.COPY, score=0.9, facts=1.0, telling=1.0, jaccard=0.5,
        containment=(0.6, 0.7), source="left", reasons=(), evidence=Evidence(sentences=sentences),
    )  # fmt: skip
    data = pair_bytes(pair)
    found = tie_of(data, {"a": "z", "b": "y"})
    assert (found.left, found.right, found.source, found.containment) == ("y", "z", "right", (0.7, 0.6))
    assert [(each.left, each.right) for each in found.evidence.sentences] == [(4, 1), (3, 2)]
    same = tie_of(data, {"a": "y", "b": "z"})
    alike = tuple(replace(each, similarity=1.0) for each in sentences)
    assert same == replace(pair, left="y", right="z", evidence=Evidence(sentences=alike))
