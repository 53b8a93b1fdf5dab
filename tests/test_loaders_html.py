"""What is read of an HTML page, and what does no harm in one."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.article import Article
from newsdedup.loaders import load_articles
from newsdedup.loaders.htmltext import paragraphs
from newsdedup.loaders.htmltree import MAX_DEPTH, MAX_ELEMENTS, parse
from newsdedup.loaders.webpage import split_html
from newsdedup.text.normalize import normalize
from newsdedup.text.tokens import IS_QUOTED, tokenize

FIRST = "The council voted on Tuesday to close the old bridge for good."
SECOND = "Repairs would have cost more than a new one, the mayor said."
STORY = f"<p>{FIRST}</p><p>{SECOND}</p>"
BOTH = f"{FIRST}\n\n{SECOND}"


def page(head: str = "", body: str = STORY) -> str:
    return f"<!doctype html><html lang='en-GB'><head><title>Title - Site</title>{head}</head><body>{body}</body></html>"


def blocks(html: str) -> list[str]:
    return paragraphs(parse(html))


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.html.gz"])
def test_page_is_read_by_its_suffix(tmp_path: Path, name: str) -> None:
    data = page().encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    [article] = load_articles(tmp_path)
    assert isinstance(article, Article)
    assert (article.id, article.title, article.text, article.lang) == (name, "Title - Site", BOTH, "en")


LD = '<script type="application/ld+json">%s</script>'
FIELDS = [
    # head, field, value
    ('<meta property="og:title" content="Own &amp; title">', "title", "Own & title"),
    ("", "title", "Title - Site"),
    ('<meta property="article:published_time" content="2024-05-01">', "published", "2024-05-01"),
    ('<meta itemprop="datePublished" content="2024-05-01">', "published", "2024-05-01"),
    (LD % '{"@graph": [{"datePublished": "2024-05-01"}]}', "published", "2024-05-01"),
    (LD % '[{"@type": "x"}, {"datePublished": "2024-05-01"}]', "published", "2024-05-01"),
    ('<time datetime="2024-05-01">1 May</time>', "published", "2024-05-01"),
    (LD % '{"datePublished": 20240501}', "published", None),
    ('<meta property="og:site_name" content="The Daily">', "source", "The Daily"),
    (LD % '{"publisher": {"name": "The Daily"}}', "source", "The Daily"),
    (LD % '{"publisher": "x"', "source", None),
    (LD % ("[" * 50_000), "source", None),
    (LD % '{"publisher": [], "@graph": {}}', "source", None),
    ('<link rel="canonical" href="https://x.org/1">', "canonical", "https://x.org/1"),
    ('<link rel="alternate" href="https://x.org/1">', "canonical", None),
    ('<link rel="canonical" href="https://x.org/1">', "url", None),
    ('<meta property="og:url" content="https://x.org/1">', "url", "https://x.org/1"),
    ("", "lang", "en-GB"),
]


@pytest.mark.parametrize(("head", "field", "value"), FIELDS)
def test_fields_of_a_page(head: str, field: str, value: str | None) -> None:
    parts = split_html(page(head))
    assert getattr(parts, field) == value
    assert parts.text in (BOTH, f"1 May\n\n{BOTH}")


def test_front_matter_above_a_page_wins(tmp_path: Path) -> None:
    front = "---\ntitle: Stated\nsource: AP\ncanonical: https://x.org/2\n---\n"
    story = f"{{% include nav.html %}}{STORY}"
    (tmp_path / "a.html").write_text(front + story, encoding="utf-8")
    [article] = load_articles(tmp_path)
    assert isinstance(article, Article)
    assert (article.title, article.source, article.canonical, article.text) == ("Stated", "AP", "https://x.org/2", BOTH)


def test_the_heading_is_the_title_and_not_the_first_paragraph() -> None:
    parts = split_html(f"<h1>The old <em>bridge</em></h1>{STORY}")
    assert (parts.title, parts.text) == ("The old bridge", BOTH)


CHROME = [
    f"<nav><a>Home</a></nav><article>{STORY}</article><footer>Contact</footer>",
    f"<article><header><p>By John Roe</p></header>{STORY}<aside>Weather</aside></article><article>Teaser</article>",
    f"<main>{STORY}<form>Subscribe</form><figure><img><figcaption>By us</figcaption></figure></main><p>Foot</p>",
    f"<script>var a = '<p>no</p>';</script><style>p {{}}</style><noscript>Enable</noscript>{STORY}<svg><text>x</svg>",
    f"{STORY}<div class='related-stories'>Another story of the house that many people read.</div>",
    f"{STORY}<ul><li><a href=x>Another story</a></li><li><a href=y>A third story</a></li></ul>",
    f"{STORY}<div style='display: none'>Cookies are used here</div><template><p>x</p></template><iframe>y</iframe>",
    f"<div itemprop='articleBody'>{STORY}</div><div><p>Something else that stands on the page.</p></div>",
]


@pytest.mark.parametrize("body", CHROME)
def test_the_story_is_kept_and_the_rest_of_the_page_goes(body: str) -> None:
    assert split_html(page(body=body)).text == BOTH


def test_what_is_called_furniture_but_holds_the_story_stays() -> None:
    assert split_html(page(body=f"<div class='widget sidebar'>{STORY}</div>")).text == BOTH


BLOCKS = [
    # HTML, paragraphs
    ("<p>one<p>two", ["one", "two"]),
    ("<p>one<div>two</div>three", ["one", "two", "three"]),
    ("<p>a <b>b</b><i>c</i>\n d&nbsp;&amp;&lt;e</p>", ["a bc d &<e"]),
    ("<p>one<br>two<br/><br>three", ["one\ntwo\n\nthree"]),
    ("<ul><li>one<li>two<ul><li>three</ul></ul>", ["one\ntwo\nthree"]),
    ("<dl><dt>one<dd>two</dl>", ["one\ntwo"]),
    ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", ["a\tb\n1\t2"]),
    ("<table><tr><td><p>one</p><p>two</p></table>", ["one", "two"]),
    ("<table><tr><td>a</div></td></tr></table>b", ["a", "b"]),
    ("<p title='a > b'>one</p>", ["one"]),
    ('<p title="a>one</p><p>two</p>', ["one", "two"]),
    ("<div><table><tr><td>a</div>b<td>c</table></div>", ["ab\tc"]),
    ("<!-- a > b --><p>one<!-->two", ["onetwo"]),
    ("1 < 2 and <3 <p>x</p>", ["1 < 2 and <3", "x"]),
    ("<pre>one\n  two</pre>", ["one\n  two"]),
    ("<pre><code class=language-c>int x;</code></pre>y", ["y"]),
    ("<p>He said <q>go</q>.", ["He said “go”."]),
    ("<my-card><p>one</p></my-card>", ["one"]),
    ("<script>if (a</b>c) '</p>'</script>x", ["x"]),
    ("<p>one<script>", ["one"]),
    ("x</p></div></body>y", ["xy"]),
    ("", []),
    ("<", ["<"]),
]


@pytest.mark.parametrize(("html", "expected"), BLOCKS)
def test_blocks_become_paragraphs(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


QUOTES = [
    "<blockquote><p>We had no choice.</p><p>It had to go.</p><footer>— <cite>Jane Doe</cite></footer></blockquote>",
    "<blockquote>We had no choice.<br>It had to go.<br>— Jane Doe</blockquote>",
    "<blockquote><p>We had no choice. It had to go. <cite>Jane Doe</cite></p></blockquote>",
    "<blockquote><p>We had no choice. It had to go.</p></blockquote><p>– Jane Doe</p>",
    "<figure><blockquote>We had no choice. It had to go.</blockquote><figcaption>Jane Doe</figcaption></figure>",
    "<blockquote><p>“We had no choice.</p><p>“It had to go.”</p><p>&mdash; Jane Doe</p></blockquote>",
]


@pytest.mark.parametrize("quote", QUOTES)
def test_block_quote_with_a_name_counts_as_quoted(quote: str) -> None:
    text = normalize("\n\n".join(blocks(f"<p>Above.</p>{quote}<p>Below.</p>"))).text
    batch = tokenize([text], ["en"])
    words = [text[start:end] for start, end in zip(batch.start, batch.end, strict=True)]
    inside = [word for word, flags in zip(words, batch.flags, strict=True) if flags & IS_QUOTED]
    assert " ".join(inside) == "We had no choice It had to go"
    assert words[-3:] == ["Jane", "Doe", "Below"]


def test_block_quote_without_a_name_is_plain_text() -> None:
    assert blocks("<blockquote><p>It was <cite>The Times</cite> first.</p></blockquote>") == ["It was The Times first."]


GERMAN = f"<p>Die Brücke über die Nieß wird für immer geschlossen.</p>{STORY}"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "ISO-8859-15"])
@pytest.mark.parametrize("form", ['<meta charset="{}">', '<meta http-equiv=x content="text/html; charset={}">'])
def test_stated_encoding_is_believed_where_the_page_is_not_utf8(tmp_path: Path, charset: str, form: str) -> None:
    (tmp_path / "a.html").write_bytes(page(form.format(charset), GERMAN).encode(charset))
    [article] = load_articles(tmp_path)
    assert isinstance(article, Article)
    assert article.text.startswith("Die Brücke über die Nieß")


def test_stated_encoding_decides_where_too_little_is_foreign_to_tell(tmp_path: Path) -> None:
    body = f"{STORY * 5}<p>The word for it is мост.</p>"
    (tmp_path / "a.html").write_bytes(page("<meta charset=windows-1251>", body).encode("cp1251"))
    [article] = load_articles(tmp_path)
    assert isinstance(article, Article)
    assert article.text.endswith("The word for it is мост.")


RUSSIAN = "<p>Совет во вторник проголосовал за закрытие старого моста навсегда, сообщил мэр города.</p>"


@pytest.mark.parametrize("stated", ["koi8-r", "unicode_escape", "zlib", "no-such", "x" * 300, "utf-8"])
def test_stated_encoding_that_is_none_of_the_web_does_no_harm(tmp_path: Path, stated: str) -> None:
    (tmp_path / "a.html").write_bytes(page(f"<meta charset={stated}>", RUSSIAN * 5).encode("koi8-r"))
    [article] = load_articles(tmp_path)
    assert isinstance(article, Article)
    assert article.text.startswith("Совет во вторник")


N = 20_000
HOSTILE = {
    "deep": "<div>" * N,
    "deep-paragraphs": "<div><p>" * N,
    "deep-quotes": "<blockquote>" * N,
    "deep-lists": "<ul><li>" * N,
    "deep-tables": "<table><tr><td>" * N,
    "deep-pre": "<pre>" * N,
    "deep-cites": "<blockquote><cite>" * N,
    "unclosed-comments": "<!--" * N,
    "unclosed-scripts": "<script>" * N,
    "many-attributes": f"<p {' '.join(f'a{i}=1' for i in range(N))}>",
    "huge-attribute": f"<p title='{'x' * 1_000_000}'>",
    "broken-quotes": "<p a='<p b=\">\"'" * N,
    "angles": "<" * N,
    "ends": "</div></p>" * N,
    "references": "&#x110000;&#0;&" * N,
    "spaces": "<p a" + " " * N * 10,
    "nul": "a\0b<p>" * N,
    "formatting": "".join(f"<b id={i}>" for i in range(N)) + "<p>x</p>" * N,
    "names": "<blockquote>" + ". -- A" * N + "</blockquote>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_page_is_read(kind: str) -> None:
    text = split_html(f"{STORY}{HOSTILE[kind]}").text
    assert text.startswith(FIRST)


@pytest.mark.parametrize("unit", ["<div>", "<p a='", "<p a=1 b=2>", "<!--", "<i></p>", "<td>", "<a href=x>"])
def test_reading_takes_no_longer_than_the_length_says(unit: str) -> None:
    started = time.perf_counter()
    split_html(unit * 60_000)
    assert time.perf_counter() - started < 10  # one that grows with the square takes minutes


def test_tree_is_bounded_and_loses_no_text() -> None:
    depth = 10 * MAX_DEPTH
    assert blocks("<div>" * depth + "deep" + "</div>" * depth + "behind") == ["deep", "behind"]
    tree = parse("<p>x" * (MAX_ELEMENTS + 10))
    assert sum(1 for _ in tree.walk()) <= MAX_ELEMENTS + 1
    assert tree.text().count("x") == MAX_ELEMENTS + 10


def test_a_script_in_a_row_of_a_table_is_no_cell() -> None:
    assert blocks("<table><tr><script>var x;</script><td>One.</td><td>Two.</td></tr></table>") == ["One.\tTwo."]


PIECES = st.sampled_from(
    "<p> </p> <div> </div> <blockquote> </blockquote> <table> <tr> <td> </table> <ul> <li> </ul> <a> </a> <cite> "
    "</cite> <figure> </figure> <script> </script> <pre> <br> <!-- --> ' \" = < > & &amp; word —".split()
)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=40))
def test_no_tags_make_the_reader_fail(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert split_html(text).text.count("<p>") == 0
    shown = text.replace("<figure>", "<div>")  # what stands in a figure goes
    assert "word" in " ".join(blocks(f"{shown}</script>--><p>word"))
