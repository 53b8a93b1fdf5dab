"""Which files have changed since a revision of the git checkout that the command runs in.

Nothing of the user's configuration of git changes the answer. Repositories in the checkout, submodules or not, are
looked into.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsdedup.errors import InputError
from newsdedup.report.plain import visible

_SETTINGS = (
    *("-c", "core.fileMode=false"),  # who may run a file says nothing of its text
    *("-c", "diff.autoRefreshIndex=true"),  # else a file that was only touched counts
    *("-c", f"core.excludesFile={os.devnull}"),  # what the repository ignores, and not what this user does
)
_DIFF = (
    *("diff", "--raw", "-z", "--no-abbrev", "--no-color", "--no-relative", "--no-ext-diff", "--no-textconv"),
    *("--ignore-submodules=none", "--submodule=short", "--find-renames=100%", f"-O{os.devnull}"),
)
_LIST = ("ls-files", "-z", "--others", "--exclude-standard")
_SUBMODULE = "160000"
"""Its mode."""
_OF_THE_CHECKOUT = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
    }
)
"""Variables that a hook is given and that would lead git back from a repository in the checkout."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed; all are real paths.

    Attributes:
        root: The top of the checkout.
        files: That are new or have another text.
        moved: New name -> old name of files that stand elsewhere as they were; not among the others.
        gone: Files that were deleted.
    """

    root: str
    files: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


def changes_since(revision: str) -> Changes:
    """What differs between the working tree, untracked files included, and where the branch left the revision.

    Before the first commit everything has changed since HEAD.

    Raises:
        InputError: There is no git, no checkout, or no such revision.
    """
    if shutil.which("git") is None:
        raise InputError("--changed-since: git is not installed; install it, or name the new files")
    missing = "--changed-since: not in a git checkout; name the new files"
    top = _Repository(root=".").git("rev-parse", "--show-toplevel", failure=missing)
    repository = _Repository(root=os.path.realpath(_line(top)))
    changes = Changes(repository.root)
    failure = f"--changed-since: git cannot compare with {visible(revision)}"
    _compare(repository, _base(repository, revision), changes, failure)
    return changes


def files_in(root: str) -> Iterator[str]:
    """The files of a checkout that git does not ignore, untracked ones and those of repositories in it included."""
    return _files(_Repository(root=root))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repository:
    """A working tree.

    Attributes:
        root: Its top, as a real path; or any folder in it.
        inner: Whether it stands in the checkout that the command runs in.
    """

    root: str
    inner: bool = False

    def git(self, *arguments: str, failure: str = "") -> bytes:
        """What git prints; "" where it fails and no message says what that means."""
        kept = {name: os.environ[name] for name in os.environ if not self.inner or name not in _OF_THE_CHECKOUT}
        done = subprocess.run(  # noqa: S603
            ["git", "-C", self.root, *_SETTINGS, *arguments],  # noqa: S607
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env={**kept, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
        if done.returncode == 0:
            return done.stdout
        if not failure:
            return b""
        why = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise InputError(f"{failure}{f' ({visible(why)})' if why and 'not a git repository' not in why else ''}")

    def paths(self, *options: str, failure: str) -> Iterator[tuple[str, _Repository | None]]:
        """What `git ls-files` lists, each as a real path; with the repository that stands there, where one does."""
        for name in dict.fromkeys(_names(self.git(*_LIST, *options, failure=failure))):
            path = self.path(name)
            yield path, _inner(path)

    def path(self, name: str) -> str:
        """The real path of a name that git gives."""
        return os.path.join(self.root, name.rstrip("/"))  # noqa: PTH118  # a string: there may be many


def _inner(folder: str) -> _Repository | None:
    """The repository at the top of a folder; None where there is none, as in a submodule that is not checked out."""
    return _Repository(root=folder, inner=True) if os.path.lexists(f"{folder}/.git") else None


def _files(repository: _Repository) -> Iterator[str]:
    failure = f"--changed-since: git cannot list {visible(repository.root)}"
    for path, inner in repository.paths("--cached", failure=failure):
        if inner is None:
            yield path
        else:
            yield from _files(inner)


def _base(repository: _Repository, revision: str) -> str:
    git = repository.git
    if revision == "HEAD" and not git("rev-parse", "--verify", "--quiet", "HEAD"):
        return _line(git("hash-object", "-t", "tree", "--stdin"))  # of nothing
    unknown = (
        f"--changed-since: no revision {visible(revision)} in this checkout; fetch it first (a CI job may have to ask "
        "for the whole history, fetch-depth: 0)"
    )
    named = f"{revision}^{{commit}}"
    commit = _line(git("rev-parse", "--verify", "--quiet", "--end-of-options", named, failure=unknown))
    # Commits that came to the other branch since are not ours.
    return _line(git("merge-base", commit, "HEAD")) or commit


def _compare(repository: _Repository, base: str, changes: Changes, failure: str) -> None:
    """Adds to the changes what differs from a commit or tree in one repository, and in those within it."""
    for each in _differences(repository.git(*_DIFF, base, "--", failure=failure)):
        old, new = repository.path(each.old), repository.path(each.new)
        if each.new_mode == _SUBMODULE:
            _look_into(_inner(new), each.old_hash if each.old_mode == _SUBMODULE else "", changes)
        elif each.status == "D":
            changes.gone.add(old)
        elif each.status == "R100":
            changes.moved[new] = old
        elif not each.in_mode_alone:
            changes.files.add(new)
    for path, inner in repository.paths(failure=failure):
        if inner is None:
            changes.files.add(path)
        else:
            _look_into(inner, "", changes)


def _look_into(inner: _Repository | None, base: str, changes: Changes) -> None:
    """Adds what has changed in a repository in the checkout; without a base, all that is in it."""
    if inner is not None and base:
        unknown = f"--changed-since: no commit {base[:12]} in the submodule {visible(inner.root)}; fetch its history"
        _compare(inner, base, changes, unknown)
    elif inner is not None:
        changes.files.update(_files(inner))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    """One file as git says it; a hash is all zeros where git has not computed it."""

    old_mode: str
    new_mode: str
    old_hash: str
    new_hash: str
    status: str
    old: str
    new: str

    @property
    def in_mode_alone(self) -> bool:
        return self.status == "M" and self.old_hash == self.new_hash


def _differences(listed: bytes) -> Iterator[_Difference]:
    parts = iter(_names(listed))
    for part in parts:
        old_mode, new_mode, old_hash, new_hash, status = part.removeprefix(":").split(" ")
        old = next(parts)
        yield _Difference(
            old_mode=old_mode,
            new_mode=new_mode,
            old_hash=old_hash,
            new_hash=new_hash,
            status=status,
            old=old,
            new=next(parts) if status.startswith("R") else old,
        )


def _names(listed: bytes) -> list[str]:
    return [os.fsdecode(part) for part in listed.split(b"\0") if part]


def _line(output: bytes) -> str:
    return os.fsdecode(output).removesuffix("\n")
