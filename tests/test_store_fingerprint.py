"""What a store depends on."""

from __future__ import annotations

from newsdedup.store.fingerprint import difference, fingerprint, store_fingerprint


def test_a_store_depends_on_its_signatures_and_on_what_it_knows_articles_by() -> None:
    views = frozenset({"copy", "terms"})
    assert difference(fingerprint(views, "de"), store_fingerprint(views, "de")) == "identity: nothing there, 1 here"
