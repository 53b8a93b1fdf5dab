"""Results that the tests of reports and of the command line share; and that they are what the contract says."""

from __future__ import annotations

from dataclasses import replace

from newsdedup.article import Skipped
from newsdedup.result import AlignedSentence, Cluster, Comparison, Evidence, Pair, Result, RunFigures, Verdict

LEFT = "000_879c634248b507b8.txt"
RIGHT = "001_0d285b02f7b2ae24.txt"
LONG = "archive/2021/11/feeds/example.org/world/europe/a-very-long-headline-that-goes-on-and-on-and-on-0001.html"

LEFT_SENTENCES = (
    "Russia and China approved of a roadmap on Tuesday.",
    'The two countries "expressed a shared interest in stepping up strategic military exercises and joint patrols."',
    "In August, Shoigu visited China to attend joint war games, which marked the first time.",
    "They were the latest in a series of war games.",
)
RIGHT_SENTENCES = (
    "Here is the news.",
    "Russia and China established a roadmap on Tuesday.",
    "The two countries “indicated a common desire in boosting up strategic military exercises and "
    "cooperative patrols.”",
    "Shoigu visited China in August to participate in joint war games.",
    "It marked the first time.",
    "This is a condensed version of the information.",
)
QUOTES = (
    "expressed a shared interest in stepping up strategic military exercises and joint patrols",
    "indicated a common desire in boosting up strategic military exercises and cooperative patrols",
)

REWRITE = Pair(
    left=LEFT,
    right=RIGHT,
    verdict=Verdict.REWRITE,
    score=0.98,
    facts=0.93,
    telling=0.5816,
    jaccard=0.121,
    containment=(0.31, 0.18),
    source="left",
    reasons=(
        "41 of 44 names and numbers of the shorter text stand in the other, told in the same order",
        "left is likelier the source: it is the more complete text",
    ),
    evidence=Evidence(
        sentences=(
            AlignedSentence(left=1, right=2, similarity=0.81),
            AlignedSentence(left=2, right=3, similarity=0.74),
            AlignedSentence(left=3, right=4, similarity=0.6666666),
            AlignedSentence(left=3, right=5, similarity=0.5),
        ),
        altered_quotes=(QUOTES,),
        changed_facts=(("10", "ten"), ("Crimea Peninsula", None)),
        shared_facts=("Shoigu", "Wei Fenghe", "2025"),
    ),
)
COPY = Pair(
    left=LONG,
    right="日本語の記事/二つ.txt",
    verdict=Verdict.COPY,
    score=0.9996,
    facts=1.0,
    telling=1.0,
    jaccard=0.9,
    containment=(1.0, 0.9),
    source="right",
    reasons=("90 of 100 word 3-shingles are the same",),
    evidence=Evidence(passages=((1, 4, 2, 5),)),
)
EXCERPT = Pair(
    left="a [bold]note[/bold].txt",
    right="b.txt",
    verdict=Verdict.EXCERPT,
    score=0.71,
    facts=0.5,
    telling=-0.0,
    jaccard=float("nan"),
    containment=(0.9, 0.1),
)

RESULT = Result(
    version="0.1.0",
    inputs=8,
    articles=6,
    pairs=(REWRITE, EXCERPT, COPY),
    clusters=(
        Cluster(
            id="3f2a9c01",
            canonical=LEFT,
            members=(LEFT, RIGHT),
            verdicts={"rewrite": 1},
            tellings=3,
            related=("elsewhere.txt", "m05.txt"),
            first=RIGHT,
            reasons=("canonical: most complete (412 words)", "first: the source side in 1 of 1 pair"),
        ),
        Cluster(
            id="77aa0102",
            canonical="m05.txt",
            members=tuple(f"m{number:02}.txt" for number in range(14)),
            verdicts={"copy": 12, "rewrite": 1},
        ),
    ),
    skipped=(
        Skipped(input="empty.txt", reason="empty"),
        Skipped(input="z.bin", reason="binary", detail="z.bin: a NUL byte at offset 3"),
    ),
    notes=("one bucket held more than 200 articles",),
    parameters={"views": ["copy"], "min_score": 0.5},
    seconds=0.41234,
)
NOTHING = Result(version="0.1.0", inputs=2, articles=2, pairs=(), clusters=())

FIGURES = RunFigures(
    run=12,
    read=100,
    new=40,
    versions=2,
    repeated=58,
    matched=3,
    skipped=1,
    seconds=1.234,
    store_articles=10_240,
    store_bytes=33_100_000,
)
INGESTED = replace(
    RESULT,
    clusters=(
        replace(RESULT.clusters[0], joined=(LEFT, RIGHT)),
        replace(RESULT.clusters[1], joined=("m05.txt", "m12.txt"), absorbed=("0a0a0a0a", "1b1b1b1b")),
    ),
    skipped=RESULT.skipped[:1],
    figures=FIGURES,
)
"""What a run of an ingest tells: a new cluster, and one that two articles and two other clusters joined."""

COMPARISON = Comparison(
    pair=REWRITE,
    left_sentences=LEFT_SENTENCES,
    right_sentences=RIGHT_SENTENCES,
    set_aside=((LEFT, "comments", "Comments / 28"), (RIGHT, "date", "date 2021-11-23")),
    numbers={"shared_rare_terms": 12.0, "lcs_of_stems": 0.61, "facts": 0.93},
)


def test_samples_keep_the_order_that_the_contract_asks_for() -> None:
    assert all(pair.left < pair.right for pair in RESULT.pairs)
    assert RESULT.pairs == tuple(sorted(RESULT.pairs, key=lambda pair: (pair.left, pair.right)))
    assert RESULT.inputs == RESULT.articles + len(RESULT.skipped)
