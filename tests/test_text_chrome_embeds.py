"""What a page shows within a story: galleries with their captions, other people's posts."""

from __future__ import annotations

import pytest

from newsdedup.text.chrome import Cut, cut_chrome

STORY = "The council met on Monday and voted."
LONG = " ".join([STORY] * 20)

EMBEDS = [
    # label, line
    ("caption", "Photos: The dam at Harlow Lamps light up the dam on Thursday night. Hide Caption 3 of 10"),
    (
        "gallery",
        "Photos: The dam at Harlow Lamps light up the dam. Hide Caption 1 of 2 Photos: The dam at Harlow "
        "Builders rest beside the last of the granite blocks. Hide Caption 2 of 2",
    ),
    ("long-gallery", " ".join(f"Photos: The dam {STORY} Hide Caption {number} of 30" for number in range(1, 31))),
    ("post", "We have won the vote! Thank you all. — Anna Bell (@annabell) March 6, 2016"),
    ("post-with-a-link", "Full statement: pic.twitter.com/x1Yz — City of Harlow (@Harlow_City1) Sep 12, 2020"),
    ("post-in-may", "Counting now. — Peter Quill (@q) May 1, 2019"),
]

STORY_LINES = [
    "She told them to hide caption 3 of 10 before the show.",
    "The button says Hide Caption, which hides it in 3 of 10 cases.",
    "The button says Hide Caption 3 times.",
    "Anna Bell (@annabell) was elected on March 6, 2016, in Harlow.",
    "Anna Bell was elected on March 6, 2016",
    "Write to us (press@harlow.example) March 6, 2016",
    "— Anna Bell (@annabell) March 6, 1916",
    "— Anna Bell (@annabell) 6, 2016",
    "— Anna Bell (@annabell) March 2016",
    "He posted the picture as (@annabell_of_the_harlow_council) March 6, 2016",
    "The account (@annabell) had 412",
]


@pytest.mark.parametrize("line", [case[1] for case in EMBEDS], ids=[case[0] for case in EMBEDS])
@pytest.mark.parametrize("form", ["{story}\n\n{line}\n\n{story}", "{line}\n{story}", "{long}\n{long}\n{line}"])
def test_what_is_shown_within_a_story_is_set_aside(form: str, line: str) -> None:
    text = form.format(line=line, story=STORY, long=LONG)
    story = cut_chrome(text)
    assert story.cuts == (Cut("embed", line),)
    assert story.text.split() == form.format(line="", story=STORY, long=LONG).split()
    kept = "".join(text[offset] for offset in story.offsets())
    assert all(other in (one, "\n") for one, other in zip(kept, story.text, strict=True))


@pytest.mark.parametrize("line", STORY_LINES)
def test_what_only_looks_like_it_stays(line: str) -> None:
    for text in (f"{STORY}\n\n{line}\n\n{STORY}", f"{STORY}\n\n{STORY}\n\n{line}", f"{line}\n\n{STORY}"):
        story = cut_chrome(text)
        assert line in story.text
        assert story.cuts == ()


def test_what_stands_behind_the_captions_of_a_line_stays() -> None:
    gallery = (
        "Photos: The dam Lamps light up the dam. Hide Caption 1 of 2 Photos: The dam Builders. Hide Caption 2 of 2"
    )
    story = cut_chrome(f"{STORY}\n\n{gallery} {LONG}\n\n{STORY}")
    assert story.cuts == (Cut("embed", gallery),)
    assert story.text.split() == f"{STORY} {LONG} {STORY}".split()


@pytest.mark.parametrize(
    "end", ["Lamps at night. Hide Caption 1 of 2", "So be it. — Anna Bell (@annabell) March 6, 2016"]
)
def test_a_text_that_is_nothing_else_is_a_story_all_the_same(end: str) -> None:
    assert cut_chrome(end).text == end
    assert cut_chrome(end).cuts == ()


@pytest.mark.xfail(strict=True, reason="where line breaks were lost, the paragraph in front of a post goes with it")
def test_a_paragraph_of_the_story_in_front_of_a_post_stays() -> None:
    story = cut_chrome(f"{STORY}\n\n{LONG} So be it. — Anna Bell (@annabell) March 6, 2016\n\n{STORY}")
    assert LONG in story.text


def test_several_embeds_are_set_aside_one_by_one() -> None:
    caption, post = EMBEDS[0][1], EMBEDS[3][1]
    story = cut_chrome(f"{STORY}\n\n{caption}\n{post}\n\n{caption}\n\n{STORY}")
    assert story.cuts == (Cut("embed", caption), Cut("embed", post), Cut("embed", caption))
    assert story.text.split() == [*STORY.split(), *STORY.split()]
