"""What a configuration allows: findings that are shown as suppressed, with the reason that was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import PurePath
from posixpath import join, normpath

from newsdedup.article import Article
from newsdedup.printable import printable_path
from newsdedup.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRule:
    """One entry of `allow`; a match is allowed when everything that the rule names fits.

    Attributes:
        reason: Why, for a person; never empty.
        new: Pattern (`*`, `**`, `?`, `[...]`) for the file of the new article, or for the id that a record has of its
            own; None fits every one.
        against: The same for the article that it matches.
        source: Outlet of the article that it matches, case aside; None fits every one.
        verdicts: Empty for all.
        expires: Last day on which the rule holds; None for ever.
        folder: The working directory, from which files are named, as seen from where patterns count; "" there.
    """

    reason: str
    new: str | None = None
    against: str | None = None
    source: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    expires: date | None = None
    folder: str = ""

    def holds(self, today: date) -> bool:
        """Whether the rule has not expired; it holds on its last day."""
        return self.expires is None or today <= self.expires

    def fits(self, verdict: Verdict, new: Article, other: Article) -> bool:
        """Whether everything that the rule names fits a match, its date aside."""
        return (
            (not self.verdicts or verdict in self.verdicts)
            and (self.source is None or _folded(self.source) == _folded(other.source))
            and (self.new is None or fits_pattern(self._name(new), self.new))
            and (self.against is None or fits_pattern(self._name(other), self.against))
        )

    def _name(self, article: Article) -> str:
        """The id; that of a file, or of a record that is named by its file, as seen from where patterns count."""
        file = printable_path(PurePath(article.origin).as_posix())
        if self.folder and (article.id == file or article.id.startswith(f"{file}#")):
            return normpath(join(self.folder, article.id))
        return article.id

    @property
    def told(self) -> str:
        """The reason, and how long it holds: `licensed wire copy, until 2027-01-31`."""
        return self.reason if self.expires is None else f"{self.reason}, until {self.expires.isoformat()}"


def _folded(name: str | None) -> str | None:
    return None if name is None else name.strip().casefold()


def fits_pattern(name: str, pattern: str) -> bool:
    """Whether a pattern fits a whole id, case kept.

    As in Python's `glob`: `*`, `?` and `[...]` stay within one folder, `**` alone between slashes stands for any number
    of folders, none included; behind the last slash it stands for all that is below.
    """
    parts, wanted = name.split("/"), pattern.removeprefix("./").split("/")
    reached = {0}  # how many parts the pattern read so far can have taken
    for place, part in enumerate(wanted):
        if part == "**":
            least = min(reached, default=len(parts) + 1) + (place == len(wanted) - 1)
            reached = set(range(least, len(parts) + 1))
        else:
            reached = {taken + 1 for taken in reached if taken < len(parts) and fnmatchcase(parts[taken], part)}
    return len(parts) in reached
