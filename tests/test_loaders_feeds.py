"""Feeds: what becomes of their entries, whatever the format, the encoding and the damage."""

from __future__ import annotations

import codecs
import gzip
import html
import io
import json
import subprocess
import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.article import Article, Skipped
from newsdedup.loaders import LoaderParams, load_articles, reads
from newsdedup.loaders.feed import read_feed
from newsdedup.loaders.feedfields import iso_time
from newsdedup.verify.direction import parse_time

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
  <title>Valley Post &amp;amp; Echo</title><link>https://valley.example/</link><language>en-GB</language>
  <image><title>Logo</title><link>https://valley.example/logo</link></image>
  <item>
    <title>Bridge &lt;b&gt;reopens&lt;/b&gt; &amp;amp; road</title>
    <link>https://proxy.example/1</link><feedburner:origLink>https://valley.example/bridge?a=1&amp;b=2</feedburner:origLink>
    <guid isPermaLink="false">vp-1</guid><pubDate>Fri, 01 May 2026 10:00:00 +0200</pubDate>
    <media:title>Not this one</media:title><category>Roads</category>
    <description>The short of it.</description>
    <content:encoded><![CDATA[<p>Cars cross the bridge&nbsp;again.</p>
      <p>It <em>took</em> a year.</p>]]></content:encoded>
  </item>
  <item>
    <title>Frost</title><link>/frost</link>
    <source url="https://wire.example/rss">Wire &amp; Co</source>
    <description>Pears froze.

Plums did not.</description>
  </item>
  <item><guid>https://valley.example/?p=3</guid><description>&lt;p&gt;Only a guid.&lt;/p&gt;</description></item>
  <item><description>Neither guid nor link.</description></item>
  <item><title>Nothing else</title></item>
</channel></rss>
"""

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://hill.example/news/" xml:lang="de">
  <title type="html">Hügel&lt;i&gt;blatt&lt;/i&gt;</title>
  <entry>
    <id>tag:hill.example,2026:1</id><title>1 &lt; 2 &amp;amp; so</title>
    <link rel="self" href="1.atom"/><link href="1.html"/><link rel="canonical" href="https://first.example/1"/>
    <published>2026-05-01T10:00:00+02:00</published><updated>2026-05-02T10:00:00Z</updated>
    <summary>Kurz.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Erster &amp; <b>Absatz</b>.</p>
      <p>Zweiter.</p></div></content>
  </entry>
  <entry xml:lang="fr">
    <id>tag:hill.example,2026:2</id><updated>2026-05-03T00:00:00Z</updated>
    <source><id>x</id><title>Autre Journal</title><updated>2026-05-03T00:00:00Z</updated></source>
    <content type="image/png">iVBORw0KGgo=</content><summary type="html">&lt;p&gt;Bref.&lt;/p&gt;</summary>
  </entry>
  <entry><id>tag:hill.example,2026:3</id><content type="text">a &lt;b&gt; c</content></entry>
</feed>
"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://lake.example/rss"><title>Lake</title><dc:publisher>Lake Press</dc:publisher>
    <dc:language>it</dc:language><items><rdf:Seq><rdf:li rdf:resource="https://lake.example/1"/></rdf:Seq></items></channel>
  <item rdf:about="https://lake.example/1"><title>Uno</title><link>https://lake.example/1</link>
    <description>Testo.</description><dc:date>2026-05-01T08:00Z</dc:date></item>
</rdf:RDF>
"""

OLD_RSS = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Old</title><language>en</language>
<item><title>One</title><link>https://old.example/1</link><description>Caf&eacute; closes.</description></item>
</channel></rss>
"""

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Moor &amp; Heath",
    "home_page_url": "https://moor.example/",
    "language": "en",
    "items": [
        {"id": 7, "url": "/7", "title": "Peat", "content_html": "<p>One.</p><p>Two.</p>", "content_text": "One."},
        {"id": "b", "content_text": "A < B", "date_published": "2026-05-01T10:00:00+02:00", "language": "de"},
        {"id": "c", "summary": "In short."},
        {"id": "d", "content_html": "<img src='x'>"},
        "no entry",
    ],
}


def feed(text: str | bytes, name: str = "f.xml", params: LoaderParams | None = None) -> list[Article | Skipped]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_feed(data, name, name, params or LoaderParams()))


def articles(items: Iterable[Article | Skipped]) -> list[Article]:
    found = list(items)
    assert [item for item in found if isinstance(item, Skipped)] == []
    return [item for item in found if isinstance(item, Article)]


def skipped(items: Iterable[Article | Skipped]) -> list[Skipped]:
    return [item for item in items if isinstance(item, Skipped)]


def one_item(inner: str, head: str = "<title>T</title>") -> str:
    return f'<rss version="2.0"><channel>{head}<item>{inner}</item></channel></rss>'


def escaped(markup: str) -> str:
    return f"<description>{html.escape(markup)}</description>"


def text_of(inner: str) -> str:
    [article] = articles(feed(one_item(inner)))
    return article.text


def test_rss_entries_become_articles() -> None:
    full, summary, guid, bare, nothing = feed(RSS)
    assert full == Article(
        id="vp-1",
        text="Cars cross the bridge again.\n\nIt took a year.",
        title="Bridge reopens & road",
        published="2026-05-01T08:00:00Z",
        source="Valley Post & Echo",
        url="https://valley.example/bridge?a=1&b=2",
        lang="en",
        origin="f.xml",
        line=1,
    )
    assert isinstance(summary, Article)
    assert (summary.id, summary.url, summary.source) == ("https://valley.example/frost",) * 2 + ("Wire & Co",)
    assert summary.text == "Pears froze.\n\nPlums did not."
    assert isinstance(guid, Article)
    assert (guid.id, guid.url, guid.text) == ("https://valley.example/?p=3",) * 2 + ("Only a guid.",)
    assert isinstance(bare, Article)
    assert (bare.id, bare.url, bare.place) == ("f.xml#4", None, "f.xml entry 4")
    detail = "f.xml entry 5: neither content nor summary"
    assert nothing == Skipped(input="f.xml#5", reason="no-text", detail=detail)


def test_atom_entries_become_articles() -> None:
    whole, other, plain = articles(feed(ATOM))
    assert whole == Article(
        id="tag:hill.example,2026:1",
        text="Erster & Absatz.\n\nZweiter.",
        title="1 < 2 &amp; so",  # of type text: as it stands
        published="2026-05-01T10:00:00+02:00",
        source="Hügelblatt",
        url="https://hill.example/news/1.html",
        lang="de",
        canonical="https://first.example/1",
        origin="f.xml",
        line=1,
    )
    assert (other.text, other.source, other.lang) == ("Bref.", "Autre Journal", "fr")
    assert other.published == "2026-05-03T00:00:00Z"
    assert plain.text == "a <b> c"


def test_atom_03_is_read() -> None:
    text = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><title>T</title><id>i</id>'
        '<link rel="alternate" type="text/html" href="https://o.example/1"/><issued>2026-05-01T10:00:00Z</issued>'
        '<content type="text/html" mode="escaped">&lt;p&gt;A.&lt;/p&gt;&lt;p&gt;B.&lt;/p&gt;</content></entry></feed>'
    )
    [article] = articles(feed(text))
    assert (article.url, article.text) == ("https://o.example/1", "A.\n\nB.")
    assert article.published == "2026-05-01T10:00:00Z"


def test_rdf_entries_become_articles() -> None:
    [article] = articles(feed(RDF))
    assert (article.id, article.url) == ("https://lake.example/1",) * 2
    assert (article.title, article.text, article.source, article.lang) == ("Uno", "Testo.", "Lake Press", "it")
    assert article.published == "2026-05-01T08:00Z"


def test_rss_091_keeps_its_declaration_and_has_the_entities_of_html() -> None:
    [article] = articles(feed(OLD_RSS))
    assert (article.title, article.text, article.source) == ("One", "Café closes.", "Old")


def test_json_feed_entries_become_articles() -> None:
    *found, empty, wrong = feed(json.dumps(JSON_FEED), "f.json")
    first, second, third = articles(found)
    assert (first.id, first.url, first.text) == ("7", "https://moor.example/7", "One.\n\nTwo.")
    assert (first.title, first.source, first.lang) == ("Peat", "Moor & Heath", "en")
    assert (second.text, second.lang, second.published) == ("A < B", "de", "2026-05-01T10:00:00+02:00")
    assert (third.text, third.place) == ("In short.", "f.json entry 3")
    assert isinstance(empty, Skipped)
    assert (empty.input, empty.reason, empty.detail) == ("d", "no-text", "f.json entry 4: no words in its content")
    assert isinstance(wrong, Skipped)
    assert (wrong.input, wrong.reason) == ("f.json#5", "no-text")


@pytest.mark.parametrize("text", [RSS, ATOM, RDF, OLD_RSS.replace("&eacute;", "é")], ids=["rss", "atom", "rdf", "old"])
def test_fields_are_those_that_feedparser_reads_from_the_feed_itself(text: str) -> None:
    theirs = feedparser.parse(BytesIO(text.encode()))
    ours = {int(str(item.line)): item for item in feed(text) if isinstance(item, Article)}
    assert ours
    for number, entry in enumerate(theirs.entries, 1):
        if number not in ours:
            continue
        article = ours[number]
        if "id" in entry:
            assert article.id == entry.id
        if "feedburner_origlink" not in entry and entry.get("link", "").startswith("http"):
            assert article.url == entry.link
        stated = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
        time, _ = parse_time(article.published)
        assert (time and time.timetuple()[:6]) == (stated and tuple(stated)[:6])
        words = entry.content[0].value if "content" in entry and "image" not in entry.content[0].type else entry.summary
        assert article.text.split()[0] in words


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<description>A &amp;amp; B</description>", "A & B"),
        ("<description>a &lt; b</description>", "a < b"),
        (escaped("<p>A</p><ul><li>x</li><li>y</li></ul>"), "A\n\nx\ny"),
        ("<description>One<br/>two <b>three</b> &lt; 4</description>", "One\ntwo three < 4"),  # markup not escaped
        ("<description><![CDATA[<script>x()</script><p>Said.</p>]]></description>", "Said."),
        (escaped("<div class='share-buttons'>Share it</div><p>A text of the article.</p>"), "A text of the article."),
        (escaped("Lead of it.<div>" + "The body of the article, which is long. " * 3 + "</div>"),
         "Lead of it.\n\n" + ("The body of the article, which is long. " * 3).strip()),
        ("<description>Short</description><body xmlns='http://www.w3.org/1999/xhtml'><p>Long.</p></body>", "Long."),
        ("<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'>&lt;img src='x'/&gt;</c:encoded>"
         "<description>Fallback.</description>", "Fallback."),
    ],
)  # fmt: skip
def test_the_text_of_an_entry_is_its_words_in_paragraphs(inner: str, text: str) -> None:
    assert text_of(inner) == text


DATES = [
    ("Fri, 01 May 2026 10:00:00 GMT", "2026-05-01T10:00:00Z"),
    ("Fri, 1 May 26 10:00 EST", "2026-05-01T15:00:00Z"),
    ("01 May 2026", "2026-05-01"),
    ("2026-05-01", "2026-05-01"),
    ("2026-05-01T10:00:00+02:00", "2026-05-01T10:00:00+02:00"),
    ("2026-05", "2026-05"),
    ("last Tuesday", "last Tuesday"),
]


@pytest.mark.parametrize(("stated", "published"), DATES)
def test_dates_are_written_so_that_they_can_be_read(stated: str, published: str) -> None:
    [article] = articles(feed(one_item(f"<description>x</description><pubDate>{stated}</pubDate>")))
    assert article.published == published


def test_a_date_that_no_calendar_has_stays_as_stated() -> None:
    assert iso_time("whenever 1:00", (10000, 1, 1, 0, 0, 0, 0, 1, 0)) == "whenever 1:00"


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ("<link>https://a.example/1</link>", "https://a.example/1"),
        ("<link>/1</link>", None),  # nothing to resolve it with
        ("<link>javascript:x()</link>", None),
        ("<link>http://[bad</link>", None),
        ("<guid>12345</guid>", None),
        ("<guid isPermaLink='true'>https://a.example/g</guid>", "https://a.example/g"),
        ("<guid isPermaLink='false'>https://a.example/g</guid>", None),
        ("<guid>https://a.example/g</guid><link>https://a.example/1</link>", "https://a.example/1"),
    ],
)
def test_the_address_of_an_entry_is_its_link_where_that_leads_somewhere(inner: str, url: str | None) -> None:
    [article] = articles(feed(one_item(f"{inner}<description>x</description>")))
    assert article.url == url


ENCODED = one_item("<description>Žluť für Café „x“</description>")


@pytest.mark.parametrize(
    "data",
    [
        ENCODED.encode(),
        codecs.BOM_UTF8 + ENCODED.encode(),
        codecs.BOM_UTF16_LE + ENCODED.encode("utf-16-le"),
        ENCODED.encode("utf-16-be"),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + ENCODED.encode(),  # says so, and is not
        b'<?xml version="1.0" encoding="windows-1250"?>' + ENCODED.encode("cp1250"),
        b"\n\n<?xml version=\"1.0\" encoding='utf-8' ?>\n<!-- a -->" + ENCODED.encode(),
        b'<?xml version="1.0" encoding="x-unknown"?>' + ENCODED.encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "utf-16-be", "wrong", "cp1250", "late", "unknown"],
)
def test_the_encoding_is_found_whatever_the_declaration_says(data: bytes) -> None:
    [article] = articles(feed(data))
    assert article.text == "Žluť für Café „x“"


LENIENT = [
    ("<title>AT&T</title><description>x &nbsp;&eacute; &bogus; & y</description>", "x  é &bogus; & y"),
    ("<description>a &#0; &#xD800; line" + " of some length" * 3 + "</description>",
     "a \ufffd \ufffd line" + " of some length" * 3),
    ("<description>a<br>b</description>", "a\nb"),
    ("<description>a \x0b\x01b</description>", "a b"),
    ("<description><![CDATA[a & b]]> &c</description>", "a & b &c"),
    ("<dc:date>2026-05-01</dc:date><content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded>", "x"),  # not declared
]  # fmt: skip


@pytest.mark.parametrize(("inner", "text"), LENIENT)
def test_what_feeds_most_often_get_wrong_is_put_right(inner: str, text: str) -> None:
    assert text_of(inner) == text


def test_of_a_feed_that_breaks_off_the_entries_before_are_kept_and_the_rest_is_told() -> None:
    text = RSS[: RSS.index("Plums")]
    first, rest = feed(text, "feeds/f.xml")
    assert isinstance(first, Article)
    assert isinstance(rest, Skipped)
    assert (rest.input, rest.reason) == ("feeds/f.xml", "bad-xml")
    assert rest.detail.startswith("feeds/f.xml after entry 1: not well-formed XML, ")
    assert f"at line {text.count(chr(10)) + 1}" in rest.detail


BOMB = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
ITEM = one_item("<description>&l9; x</description>")
UNSAFE = [
    f'<!DOCTYPE rss [<!ENTITY l0 "ha">{BOMB}]>{ITEM}',
    f'<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>{ITEM}',
    f'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">{ITEM}',
    f'<?xml version="1.0"?><!-- x -->\n<!doctype rss [<!ENTITY l9 "x">]>{ITEM}',
    f'<!DOCTYPE rss [<!ENTITY l9 "x">]>{ITEM} & <broken',
    f'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x" [<!ENTITY l9 "x">]>{ITEM}',
    f'<!DOCTYPE anything [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>{ITEM}',
    f'<!ENTITY l9 "x">{ITEM}',
]


@pytest.mark.parametrize("text", UNSAFE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_declaration_is_refused_however_broken_the_feed_is(text: str, encoding: str) -> None:
    [refused] = skipped(feed(text.encode(encoding)))
    assert refused.reason == "unsafe-xml"
    assert refused.detail == (
        "f.xml: a feed with a document type declaration, which may hide entities; delete its <!DOCTYPE ...>"
    )


@pytest.mark.parametrize("inside", ['<!DOCTYPE x [<!ENTITY a "b">]>', "<!ENTITY a SYSTEM 'file:///etc/passwd'>"])
def test_a_declaration_behind_the_first_element_is_never_one(inside: str) -> None:
    text = one_item(f"{inside}<description>&a;</description>")
    assert all("passwd" not in item.text for item in feed(text) if isinstance(item, Article))
    assert [item.reason for item in skipped(feed(text))] == ["bad-xml"]
    assert text_of(f"<description><![CDATA[{inside} word]]></description>").endswith("word")


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:9/a.rss", "file:///etc/hostname", "/etc/hostname", "", "<", "<?xml"]
)
def test_a_feed_that_is_an_address_or_a_name_is_not_opened(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.rss"
    path.write_text(text, encoding="utf-8")
    [refused] = skipped(load_articles(path))
    assert refused.reason == "unknown-type"


A = "<description>a</description>"
HOSTILE = {
    "nested elements": (one_item("<x>" * 100_000 + "</x>" * 100_000 + A), 1),
    "nested markup": (one_item("<description>" + "<i>" * 20_000 + "a" + "</i>" * 20_000 + "</description>"), 1),
    "nested html": (one_item("<description><![CDATA[" + "<div>" * 20_000 + "a]]></description>"), 1),
    "categories": (one_item("<category>a</category>" * 50_000 + A), 1),
    "an author without end": (one_item("<author>" + "a" * 300_000 + "</author>" + A), 1),
    "a date without end": (one_item("<pubDate>" + "1 " * 300_000 + "</pubDate>" + A), 1),
    "a base without end": (one_item(A).replace("<rss", '<rss xml:base="http://' + "a/" * 300_000 + '"'), 1),
    "namespaces": (one_item(A).replace("<rss", "<rss " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(10_000))), 1),
    "open sections": (one_item("<description>" + "<![CDATA[" * 100_000), 0),
    "open texts": (one_item("<title>&<description>" * 50_000), 0),
    "lone ampersands": (one_item("<description>" + "&" * 100_000 + "</description>"), 1),
    "fields of feedparser": (one_item('<links a="b"/><title_detail a="b"/><link>x</link>' + A), 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feeds_take_linear_time_and_no_deep_stack(name: str) -> None:
    text, count = HOSTILE[name]  # each took minutes, or all of the stack, in a reader that walks into it
    assert sum(isinstance(item, Article) for item in feed(text)) == count


def test_fields_beyond_all_reason_are_as_if_not_stated() -> None:
    inner = f"<guid>{'g' * 5000}</guid><pubDate>{'1 ' * 200}</pubDate><link>b</link>{A}"
    based = one_item(inner).replace("<rss", f'<rss xml:base="https://a.example/{"a/" * 2000}"')
    [article] = articles(feed(based))
    assert (article.id, article.url, article.published) == ("f.xml#1", None, None)
    [article] = articles(feed(one_item(inner).replace("<rss", '<rss xml:base="https://a.example/"')))
    assert article.url == "https://a.example/b"


def test_a_guid_that_is_no_address_is_not_made_one() -> None:
    [article] = articles(feed(one_item(f"<guid>12345</guid>{A}", head="<link>https://a.example/</link>")))
    assert (article.id, article.url) == ("12345", None)


def test_fields_that_are_not_what_they_are_named_do_no_harm() -> None:
    inner = f"<feedburner:origLink href='x' a='b'>https://a.example/1</feedburner:origLink>{A}"
    [article] = articles(feed(one_item(inner)))
    assert article.url == "https://a.example/1"
    odd = '<rdf:RDF xmlns:rdf="http://a.example/\u2028b"><item>' + A + "</item></rdf:RDF>"  # read as two names
    assert [item.text for item in articles(feed(odd))] == ["a"]
    assert [item.reason for item in skipped(feed("<rss <version='2.0'><channel>"))] == ["bad-xml"]


@pytest.mark.parametrize(
    "field",
    [
        r'"title": "\ud83d"',
        r'"title": "\udc00 x"',
        r'"\ud83d": 1',
        '"size": 1e999',
        '"size": -1e999',
        '"size": NaN',
        '"size": Infinity',
        '"size": [{"a": 1e999}]',
        f'"size": {"9" * 5000}',
    ],
)
def test_a_damaged_entry_of_a_json_feed_is_skipped_and_the_others_are_read(field: str) -> None:
    good = [f'{{"id": "{name}", "content_text": "{name} \\ud83d\\ude00"}}' for name in "ac"]
    bad = f'{{"id": "b", "content_text": "b", {field}}}'
    head = '{"version": "https://jsonfeed.org/version/1.1", "title": "T\\ud83d", "items": ['
    first, second, third = feed(f"{head}{good[0]}, {bad}, {good[1]}]}}")
    assert [(item.id, item.text, item.source) for item in articles([first, third])] == [
        ("a", "a \U0001f600", "T\ufffd"),
        ("c", "c \U0001f600", "T\ufffd"),
    ]
    assert isinstance(second, Skipped)
    assert (second.input, second.reason) == ("b", "bad-json")
    assert second.detail.startswith("f.xml entry 2: half of a character, or a number that is none, in the entry; ")


def test_long_numbers_beside_a_damaged_entry_stay_what_they_are() -> None:
    items = ", ".join(f'{{"id": {name}, "content_text": "x"}}' for name in (7, 2**64 - 1, -(2**63), 2**64, "1e999"))
    found = list(feed(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'))
    assert [item.id for item in found if isinstance(item, Article)] == [
        "7",
        str(2**64 - 1),
        str(-(2**63)),
        "1.8446744073709552e+19",
    ]
    assert [item.input for item in skipped(found)] == ["f.xml#5"]


@pytest.mark.parametrize("inner", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, r'"\ud83d', '"\\ud83d" x', "\x01"])
def test_a_json_feed_that_is_no_json_beside_its_damage_is_refused(inner: str) -> None:
    [refused] = skipped(feed(f'{{"version": "https://jsonfeed.org/version/1.1", "x": {inner}, "items": [1e999]}}'))
    assert refused.reason == "bad-json"
    assert "not JSON, " in refused.detail


def test_entries_beyond_the_cap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsdedup.loaders.feedxml.MAX_ENTRIES", 2)
    monkeypatch.setattr("newsdedup.loaders.jsonfeed.MAX_ENTRIES", 2)
    for text in (RSS, json.dumps(JSON_FEED)):
        *_, second, rest = feed(text)
        assert isinstance(second, Article)
        assert isinstance(rest, Skipped)
        assert rest.reason == "too-large"
        assert "after entry 2: more than 2 entries" in rest.detail


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from([RSS, ATOM, RDF, OLD_RSS, json.dumps(JSON_FEED)]),
    edits=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 40),
            st.sampled_from(
                ["", "<", "</item>", "<item>", "&", "]]>", "<![CDATA[", '"', "\0", "<source>", "é", "&#1;", "{"]
            ),
        ),
        max_size=6,
    ),
)
def test_no_damage_ends_a_run(text: str, edits: list[tuple[float, int, str]]) -> None:
    for where, length, new in edits:
        at = int(where * len(text))
        text = text[:at] + new + text[at + length :]
    for item in feed(text):
        assert isinstance(item, Skipped) or (item.text.strip() and item.id.isprintable())


def test_entries_that_feedparser_chokes_on_are_one_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def choke(*_: object, **__: object) -> None:
        raise KeyError("links")

    monkeypatch.setattr(feedparser, "parse", choke)
    [refused] = skipped(feed(RSS))
    assert (refused.reason, refused.input) == ("bad-xml", "f.xml")
    assert "feedparser cannot read the entries (KeyError('links'))" in refused.detail


def test_feeds_are_told_from_other_files_by_name_and_content(tmp_path: Path) -> None:
    files = {
        "a.rss": RSS,
        "b.atom": ATOM,
        "c.xml": RDF,
        "d.json": json.dumps(JSON_FEED, indent=1),
        "e.xml.gz": RDF,
        "f.xml": "<?xml version='1.0'?><urlset><url/></urlset>",
        "g.json": '{"text": "not a feed"}',
        "h.json": "[1, 2]",
        "i.rss": "<html></html>",
        "j.json": '{"name": "' + "x" * 100_000 + '"}',
    }
    for name, text in files.items():
        data = text.encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    found = list(load_articles(tmp_path, params=LoaderParams(equal_ids="all")))
    read = [Path(str(item.file)).name for item in found if isinstance(item, Article)]
    assert read == ["a.rss"] * 4 + ["b.atom"] * 3 + ["c.xml"] + ["d.json"] * 3 + ["e.xml.gz"]
    unknown = {item.input: item.detail for item in skipped(found) if item.reason == "unknown-type"}
    assert list(unknown) == ["f.xml", "g.json", "h.json", "i.rss", "j.json"]
    assert unknown["f.xml"].endswith(
        "XML, but no feed: its first element is <urlset>; read are <rss>, <feed> and <rdf:RDF>"
    )
    assert "JSON, but no JSON Feed" in unknown["g.json"]


def test_a_report_in_xml_or_json_is_not_taken_for_an_input_by_its_name() -> None:
    assert reads("a.rss")
    assert reads("a.atom.gz")
    assert not reads("junit.xml")
    assert not reads("result.json")


@pytest.mark.parametrize("text", [RSS, ATOM, RDF, json.dumps(JSON_FEED), json.dumps(JSON_FEED, indent=2)])
def test_a_feed_without_a_name_is_told_by_its_beginning(tmp_path: Path, text: str) -> None:
    (tmp_path / "download").write_text(text, encoding="utf-8")
    from_file = [item.text for item in load_articles(tmp_path / "download") if isinstance(item, Article)]
    piped = list(load_articles("-", stdin=io.BytesIO(text.encode())))
    assert from_file == [item.text for item in piped if isinstance(item, Article)] != []


def test_what_only_looks_like_a_feed_is_read_as_before(tmp_path: Path) -> None:
    lines = '{"version": "https://jsonfeed.org/version/1", "text": "one"}\n{"text": "two"}\n'
    found = load_articles("-", stdin=io.BytesIO(lines.encode()))
    assert [item.text for item in articles(found)] == ["one", "two"]
    (tmp_path / "page").write_text("<?xml version='1.0'?><html>Page</html>", encoding="utf-8")
    assert [item.line for item in articles(load_articles(tmp_path / "page"))] == [None]
    (tmp_path / "a.txt").write_text(RSS, encoding="utf-8")
    assert [item.line for item in articles(load_articles(tmp_path / "a.txt"))] == [None]


def test_the_cap_holds_for_feeds(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(RSS, encoding="utf-8")
    (tmp_path / "b.xml.gz").write_bytes(gzip.compress(RSS.encode()))
    found = load_articles(tmp_path, params=LoaderParams(max_bytes=1000))
    assert [item.reason for item in skipped(found)] == ["too-large", "too-large"]


def test_equal_ids_are_skipped_or_left_to_the_caller(tmp_path: Path) -> None:
    twice = one_item(f"<guid>g</guid>{A}</item><item><guid>g</guid><description>b</description>")
    (tmp_path / "a.xml").write_text(twice, encoding="utf-8")
    first, second = load_articles(tmp_path)
    assert isinstance(first, Article)
    assert isinstance(second, Skipped)
    assert second.reason == "duplicate-id"
    assert "a.xml entry 2: id 'g' is already used by " in second.detail
    assert "a.xml entry 1, with another text" in second.detail
    every = LoaderParams(equal_ids="all")
    assert [item.id for item in articles(load_articles(tmp_path, params=every))] == ["g", "g"]
    again = list(load_articles(tmp_path, tmp_path / "a.xml", params=every))
    assert [item.reason for item in skipped(again)] == ["duplicate-id"]  # the file, not its entries
    assert len(again) == 3


def test_files_and_folders_left_out_are_neither_read_nor_told(tmp_path: Path) -> None:
    for name in ("a.txt", "store/rows.bin", "store/.hidden", "store.txt", "b/keep.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Words.", encoding="utf-8")
    (tmp_path / "linked").symlink_to(tmp_path, target_is_directory=True)
    out = tuple(str((tmp_path / name).resolve()) for name in ("store", "store.txt"))
    params = LoaderParams(left_out=out)
    for root in (tmp_path, tmp_path / "linked"):
        found = list(load_articles(root, params=params))
        assert [item.id for item in found if isinstance(item, Article)] == ["a.txt", "b/keep.txt"]
        assert [item.reason for item in skipped(found)] == ["symlink"]
    assert list(load_articles(tmp_path / "store.txt", tmp_path / "store", params=params)) == []
    assert list(load_articles(tmp_path / "store" / "rows.bin", params=params)) == []


@pytest.mark.parametrize(
    ("name", "origin", "line", "itself"),
    [
        ("guid-1", "feeds/a.xml", 1, True),
        ("feeds/a.xml#1", "feeds/a.xml", 1, False),
        ("a.xml#1", "./feeds//a.xml", 1, False),
        ("feeds/a.xml#2", "feeds/a.xml", 1, True),
        ("xml#1", "feeds/a.xml", 1, True),
        ("/x/a.jsonl#12", "/x/a.jsonl", 12, False),
        ("-#3", "standard input", 3, False),
        ("guid", "standard input", 3, True),
        ("x#3", "standard input", 3, True),
        ("-", "standard input", None, False),
        ("a.txt", "a.txt", None, False),
        ("new", "", None, True),
    ],
)
def test_an_article_names_itself_where_its_source_gave_it_the_id(
    name: str, origin: str, line: int | None, itself: bool
) -> None:
    assert Article(id=name, text="x", origin=origin, line=line).names_itself is itself


@pytest.mark.parametrize("options", [LoaderParams(), LoaderParams(ids="path")])
def test_ids_that_the_loader_made_up_do_not_name_their_articles(tmp_path: Path, options: LoaderParams) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.rss").write_text(RSS, encoding="utf-8")
    (tmp_path / "in" / "b.jsonl").write_text('{"text": "x"}\n{"text": "y", "id": "own"}\n', encoding="utf-8")
    for path in (tmp_path, tmp_path / "in" / "a.rss", tmp_path / "in" / "b.jsonl"):
        for item in load_articles(path, params=options):
            if isinstance(item, Article):
                assert item.names_itself is not item.id.endswith(f"#{item.line}")


def test_text_files_are_read_without_loading_the_readers_of_feeds(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words.", encoding="utf-8")
    code = (
        "import sys; from newsdedup.loaders import load_articles; list(load_articles(sys.argv[1])); "
        "print([m for m in ('feedparser', 'defusedxml', 'xml.sax') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_packed_feed_is_told_by_all_it_holds(tmp_path: Path) -> None:
    members = gzip.compress(b"<?xml version='1.0'?>") + gzip.compress(RDF.split("?>")[1].encode())
    (tmp_path / "a.xml.gz").write_bytes(members)
    (tmp_path / "b.xml.gz").write_bytes(gzip.compress(b"<urlset/>"))
    article, unknown = load_articles(tmp_path)
    assert isinstance(article, Article)
    assert article.title == "Uno"
    assert isinstance(unknown, Skipped)
    assert unknown.reason == "unknown-type"
