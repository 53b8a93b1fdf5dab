"""What front matter states, and what is left of a Markdown body when its markup goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.article import Article
from newsdedup.loaders import load_articles
from newsdedup.loaders import markdown as loader_markdown
from newsdedup.loaders.htmltext import paragraphs
from newsdedup.loaders.htmltree import parse
from newsdedup.loaders.markdown import plain_text, split_markdown
from newsdedup.text.normalize import normalize
from newsdedup.text.tokens import IS_QUOTED, tokenize

BODY = "Body one.\n\nBody two."


def read(tmp_path: Path, text: str) -> Article:
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    [article] = load_articles(tmp_path / "a.md")
    assert isinstance(article, Article)
    return article


def quoted(text: str) -> str:
    """The words that the normalised text has between quotation marks."""
    plain = normalize(text).text
    batch = tokenize([plain], ["en"])
    marked = [(batch.flags[at] & IS_QUOTED) != 0 for at in range(batch.start.size)]
    spans = zip(batch.start, batch.end, marked, strict=True)
    return " ".join(plain[start:end] for start, end, inside in spans if inside)


A = "https://example.org/a"
FRONT = [
    # front matter, field, value
    ("pubDate: 2024-05-01", "published", "2024-05-01"),
    ("publishDate: 2024-05-01T10:00:00Z", "published", "2024-05-01T10:00:00Z"),
    ("datePublished: May 1, 2024", "published", "May 1, 2024"),
    ("date: 2020-01-01\npublished: 2024-05-01", "published", "2024-05-01"),
    ("date: 2020-01-01\npubDate:", "published", "2020-01-01"),
    ("source: AP", "source", "AP"),
    ("source: [AP]", "source", "AP"),
    ("source: {name: AP, url: https://apnews.com/x}", "source", "AP"),
    ("source:\n  - name: AP\n    url: https://apnews.com/x", "source", "AP"),
    ("source: https://www.apnews.com/x", "source", "apnews.com"),
    ("publisher: {name: The Daily}", "source", "The Daily"),
    ("source: {name: {first: x}}", "source", None),
    ("source: []", "source", None),
    (f"canonical: {A}", "canonical", A),
    (f"canonical_url: {A}", "canonical", A),
    (f"canonicalURL: {A}", "canonical", A),
    (f"canonicalUrl: {A}", "canonical", A),
    (f"original_url: {A}", "canonical", A),
    (f"originally_published: {A}", "canonical", A),
    ("originally_published: The Daily", "canonical", "The Daily"),
    (f"originally_published: {{name: The Daily, url: '{A}'}}", "canonical", A),
    (f"originally_published: The Daily\ncanonical: {A}", "canonical", A),
    ("source: {name: AP, url: https://apnews.com/x}", "canonical", "https://apnews.com/x"),
    ("source: {name: AP, url: https://apnews.com/}", "canonical", None),
    ("source: AP", "canonical", None),
    (f"canonical: {A}", "url", None),
    (f"permalink: {A}", "url", A),
    ("language: de", "lang", "de"),
    ("params: &a {params: *a, lang: de}", "lang", "de"),  # holds itself
    ("source: &a [*a]", "source", None),
    (f"params:\n  canonical: {A}", "canonical", A),
    (f"params:\n  canonical: {A}/other\ncanonical: {A}", "canonical", A),
]


@pytest.mark.parametrize(("front", "field", "value"), FRONT)
def test_yaml_front_matter(tmp_path: Path, front: str, field: str, value: str | None) -> None:
    article = read(tmp_path, f"---\n{front}\n---\n\n# Title\n\n{BODY}")
    assert getattr(article, field) == value
    assert (article.title, article.text) == ("Title", BODY)


TOML = [
    ('title = "Stated"', "title", "Stated"),
    ("date = 2024-05-01T10:00:00Z", "published", "2024-05-01T10:00:00+00:00"),
    ("publishDate = 2024-05-01", "published", "2024-05-01"),
    ('source = ["AP"]', "source", "AP"),
    ('[source]\nname = "AP"\nurl = "https://apnews.com/x"', "source", "AP"),
    (f'[params]\ncanonical = "{A}"', "canonical", A),
    ("draft = true\nsource = true", "source", None),
]


@pytest.mark.parametrize(("front", "field", "value"), TOML)
def test_toml_front_matter(tmp_path: Path, front: str, field: str, value: str | None) -> None:
    article = read(tmp_path, f"+++\n{front}\n+++\n\n{BODY}")
    assert getattr(article, field) == value
    assert article.text.endswith("Body two.")
    assert "+++" not in article.text


@pytest.mark.parametrize(
    "front",
    ["a = " + "[" * 5000, "a = " + "9" * 20_000, "a = 0x" + "f" * 20_000, "a" + ".a" * 5000 + " = 1", "= 1", "title ="],
)
def test_hostile_or_broken_toml_does_no_harm(tmp_path: Path, front: str) -> None:
    assert read(tmp_path, f"+++\n{front}\n+++\n\n{BODY}").text.endswith("Body two.")


PLAIN = [
    # Markdown, text
    ("A *b* **c** _d_ ~~e~~ `f`.", "A b c d e f."),
    ("The [mayor](https://x.org 'T') spoke.", "The mayor spoke."),
    ("The [mayor][1] spoke.\n\n[1]: https://x.org", "The mayor spoke."),
    ("Before ![a *caption*](a.jpg) after.", "Before after."),
    ("![a caption](a.jpg)\n\nBody.", "Body."),
    ("Above.\n\n## Heading\n\nBelow.", "Above.\n\nHeading\n\nBelow."),
    ("Above.\n\nHeading\n---\n\nBelow.", "Above.\n\nHeading\n\nBelow."),
    ("Said:\n\n- one\n- two\n  - three\n\nEnd.", "Said:\n\none\ntwo\nthree\n\nEnd."),
    ("1. one\n2. two", "one\ntwo"),
    ("- one\n\n- two\n\n  of two", "one\n\ntwo\n\nof two"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "a\tb\n1\t2"),
    ("One\n\n***\n\nTwo", "One\n\nTwo"),
    ("A<br>b <b>c</b> <!-- hidden --> d.", "A\nb c d."),
    ("<script>\nlet x = 1;\n\nlet y;\n</script>\n\nBody.", "Body."),
    ("<figure><img src=a><figcaption>A caption</figcaption></figure>\n\nBody.", "Body."),
    ("```python\nx = 1\n```\n\nBody.", "Body."),
    ("```\nAs it was sent\n```\n\nBody *x*.", "As it was sent\n\nBody x."),
    ("A claim[^1] here.\n\n[^1]: The source of it.", "A claim here.\n\nThe source of it."),
    ("AT&amp;T and AT&T", "AT&T and AT&T"),
    ("A \\*star\\* and 2 * 3 and snake_case_name", "A *star* and 2 * 3 and snake_case_name"),
    ("> Nobody is named\n> for this.\n\nEnd.", "Nobody is named\nfor this.\n\nEnd."),
]


@pytest.mark.parametrize(("markdown", "text"), PLAIN)
def test_markup_goes_and_words_stay(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Above.\n\n{{< youtube abc >}}\n\nBelow.", "Above.\n\nBelow."),
        ("Above.\n\n{% include figure.html src='a' %}\n\nBelow.", "Above.\n\nBelow."),
        ("Above.\n\n{% highlight ruby %}\nputs 1\n{% endhighlight %}\n\nBelow.", "Above.\n\nBelow."),
        ("Above {{ page.title }}.\n{: .lead}\n\nBelow *b*.", "Above .\n\nBelow b."),
        ("Above a brace { and } here.\n\nBelow.", "Above a brace { and } here.\n\nBelow."),
    ],
)
def test_template_tags_go(markup: str, text: str) -> None:
    body = split_markdown(f"# Title\n\n{markup}").text
    assert [each for each in body.split("\n\n") if each.strip()] == text.split("\n\n")


def test_body_without_markup_stays_as_it_is_and_loads_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader_markdown, "_parser", None)
    for text in (
        "A line.\nAnother   one,\n  with space.\n\n\nAT&T said [sic] a - b, snake_case; 2.5 million",
        "-5 degrees\n#tag\n8.3 million people\n2024.03.01 (Fri)",
    ):
        assert plain_text(text) == text


WORDS = st.lists(
    st.sampled_from(["Ünï", "AT&T", "a", "[sic]", "x_y", "5.", "-3", "—", "(b)", "|", "'", '"', "\n", "\n\n"])
)


@settings(max_examples=300, deadline=None)
@given(words=WORDS)
def test_text_that_passes_for_plain_is_plain_to_the_parser_too(words: list[str]) -> None:
    text = " ".join(words).strip()
    if not loader_markdown._is_marked_up(text):
        rendered = paragraphs(parse(loader_markdown._parser().render(text)))
        assert " ".join(rendered).split() == text.split()


@pytest.mark.parametrize(
    ("markdown", "title", "text"),
    [
        ("# The **bold** [title](x)\n\nBody.", "The bold title", "Body."),
        ("![lead](a.jpg)\n\n# Title\n\nBody.", "Title", "Body."),
        ("<!-- x -->\n# Title\n\nBody.", "Title", "Body."),
        ("> A quote first.\n\nBody.", None, "A quote first.\n\nBody."),
        ("- an item first\n\nBody.", None, "an item first\n\nBody."),
        ("Title\n\nBody *one*.", "Title", "Body one."),
    ],
)
def test_title_is_a_line_of_words(tmp_path: Path, markdown: str, title: str | None, text: str) -> None:
    article = read(tmp_path, markdown)
    assert (article.title, article.text) == (title, text)


QUOTES = [
    # block quote, what is quoted, the line with the name
    ("> We had no choice.\n> — Jane Doe, mayor", "We had no choice", "— Jane Doe, mayor"),
    ("> We had no choice.\n>\n> -- Jane Doe", "We had no choice", "— Jane Doe"),
    ("> We had no choice.\n\n– Jane Doe, mayor", "We had no choice", "— Jane Doe, mayor"),
    ("> We had\n> no choice. — *Jane Doe*", "We had no choice", "— Jane Doe"),
    ("> We had no choice.\n> <cite>Jane Doe</cite>", "We had no choice", "— Jane Doe"),
    ("> One thing.\n>\n> Two\n> lines.\n>\n> Three.\n>\n> — Jane Doe", "One thing Two lines Three", "— Jane Doe"),
    ("> “We had no choice.”\n> — Jane Doe", "We had no choice", "— Jane Doe"),
    ('> "We had no choice."\n> — Jane Doe', "We had no choice", "— Jane Doe"),
    ("> „Wir mussten.“\n> — Jane Doe", "Wir mussten", "— Jane Doe"),
    ('> I said "no" to them, and "never".\n> — Jane Doe', "I said no to them and never", "— Jane Doe"),
    ("> “I said “no” to them.”\n> — Jane Doe", "I said no to them", "— Jane Doe"),
    ('> "Go," he said, "now."\n> — Jane Doe', "Go now", "— Jane Doe"),
    ("> > Inner words.\n> > — John Roe\n>\n> Outer words.\n> — Jane Doe", "", "— Jane Doe"),
    ("> - a list\n> - of demands\n>\n> — Jane Doe", "a list of demands", "— Jane Doe"),
]


@pytest.mark.parametrize(("markdown", "words", "name"), QUOTES)
def test_block_quote_with_a_name_counts_as_quoted(markdown: str, words: str, name: str) -> None:
    text = plain_text(f"Above.\n\n{markdown}\n\nBelow it goes on.")
    assert f"\n{name}\n\nBelow it goes on." in text
    if words:
        assert quoted(text) == words
    assert "Below" not in quoted(text)


@pytest.mark.parametrize(
    "markdown",
    [
        "> A passage that nobody is named for.\n\nBelow.",
        "> It was late - too late.\n\nBelow.",
        "> It was late — too late for that.\n\nBelow.",
        "> A passage of somebody.\n\n— Ich weiß es nicht, sagte er.",
        "> A passage of somebody.\n\n— and so it went on",
    ],
)
def test_block_quote_without_a_name_is_plain_text(markdown: str) -> None:
    assert quoted(plain_text(markdown)) == ""
    assert "“" not in plain_text(markdown)


def test_body_beyond_the_cap_keeps_its_markup_and_every_word() -> None:
    text = "Some *words*. " * 80_000
    assert plain_text(text) == text


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000, ">" * 50_000, "*a " * 30_000, "![" * 30_000, "- " * 30_000, "{{< x" * 30_000, "<!--" * 9_000],
)
def test_hostile_markdown_is_read(text: str) -> None:
    assert split_markdown(f"# Title\n\nBody.\n\n{text}").text.startswith("Body.")
