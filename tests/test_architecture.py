"""The house rules that can be read off the source: who imports whom, and what must not stand there.

`check_tree` is the checker. The first test holds it to the real source; the others hand it small trees with one
violation each, and their innocent twins, because a check that cannot fail checks nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "newsdedup"
SOURCE = Path(__file__).resolve().parent.parent / "src" / PACKAGE
MAX_FILE_LINES = 400

FLOORS: Mapping[str, int] = {
    "errors": 1,
    "article": 1,
    "addresses": 1,
    "printable": 1,
    "result": 1,
    "version": 1,
    "process": 1,
    "kernel": 1,
    "text": 2,
    "sketch": 3,
    "verify": 3,
    "cluster": 4,
    "engine": 4,
    "judge": 4,
    "pipeline": 4,
    "remarks": 4,
    "run": 4,
    "loaders": 4,
    "store": 4,
    "ingest": 5,
    "report": 5,
    "gold": 5,
    "gate": 5,
    "config": 6,
    "api": 6,
    "stores": 6,
    "cli": 6,
    "__init__": 6,
    "__main__": 6,
}
"""The floor of each room, a room being a module or a package right below `newsdedup`."""

SAME_FLOOR = frozenset(
    {
        ("article", "printable"),  # where it was read, for messages
        ("result", "article"),  # a result names what was skipped
        ("pipeline", "engine"),  # its heavy stages
        ("judge", "engine"),  # what is known of the articles
        ("pipeline", "judge"),
        ("pipeline", "remarks"),
        ("pipeline", "run"),
        ("run", "cluster"),
        ("run", "engine"),
        ("run", "judge"),
        ("run", "remarks"),
        ("remarks", "engine"),  # the texts that are quoted
        ("remarks", "judge"),
        ("store", "engine"),  # what is kept of articles
        ("report", "gold"),  # an evaluation is rendered like a result
        ("report", "gate"),  # and so is a check
        ("judge", "cluster"),  # the rank of an article
        ("api", "config"),
        ("stores", "api"),
        ("stores", "config"),
        ("cli", "stores"),
        ("__init__", "api"),
        ("__init__", "config"),
        ("__main__", "cli"),
        ("cli", "__init__"),
        ("cli", "api"),
        ("cli", "stores"),
        ("stores", "api"),
        ("stores", "config"),
        ("cli", "config"),
    }
)
"""(importer, imported): the only rooms that may import from their own floor."""

BANNED_MODULES = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle"})
BANNED_CALLS = frozenset({"eval", "exec"})
UNSAFE_YAML = frozenset({"load", "load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all"})

# Where the mode stands among the positional arguments, and what it is when it is not given.
OPENERS: Mapping[str, tuple[int, str]] = {
    "open": (1, "r"),
    "io.open": (1, "r"),
    "os.fdopen": (1, "r"),
    "gzip.open": (1, "rb"),
    "bz2.open": (1, "rb"),
    "lzma.open": (1, "rb"),
    "tempfile.NamedTemporaryFile": (0, "w+b"),
    "tempfile.TemporaryFile": (0, "w+b"),
    "tempfile.SpooledTemporaryFile": (1, "w+b"),
}
NOT_TEXT_OPENERS = frozenset(
    {"os.open", "tarfile.open", "zipfile.open", "webbrowser.open", "tokenize.open", "Reader.open", "Writer.open"}
)
TEXT_MODES_OF_COMPRESSED = ("gzip.open", "bz2.open", "lzma.open")
# Path methods and wrappers: where the encoding stands among the positional arguments.
ENCODING_POSITION: Mapping[str, int] = {"read_text": 0, "write_text": 1, "TextIOWrapper": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One parsed module; `name` is dotted, a package's `__init__` goes by the package's name."""

    name: str
    path: Path
    tree: ast.Module
    line_count: int
    is_package: bool

    @property
    def room(self) -> str:
        return room_of(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`importer` imports the module `imported`; only modules of the package are kept."""

    importer: str
    imported: str
    line: int


def room_of(module: str) -> str:
    _, _, inside = module.partition(".")
    return inside.partition(".")[0] or "__init__"


def read_tree(root: Path) -> dict[str, SourceFile]:
    """Every module below `root`, the folder of the package, by its dotted name."""
    files = {}
    for path in sorted(root.rglob("*.py")):
        parts = (PACKAGE, *path.relative_to(root).with_suffix("").parts)
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        text = path.read_text(encoding="utf-8")
        files[name] = SourceFile(
            name=name,
            path=path.relative_to(root),
            tree=ast.parse(text),
            line_count=len(text.splitlines()),
            is_package=is_package,
        )
    return files


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or attribute; "" in front of a dot for anything else, as in `path().open` -> `.open`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imported_names(file: SourceFile) -> Iterator[tuple[str, int]]:
    """Absolute dotted names that the module imports, wherever: at the top, in a function, under TYPE_CHECKING."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                # One dot is the package the module stands in; a package's own __init__ stands in itself.
                up = file.name.split(".")[: len(file.name.split(".")) - node.level + file.is_package]
                base = ".".join([*up, base] if base else up)
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in ("import_module", "__import__"):
            name = node.args[0] if node.args else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value, node.lineno


def imports_within(files: Mapping[str, SourceFile]) -> list[Import]:
    """Imports of one module of the package by another; `from package import name` is the module that has the name."""
    found = []
    for file in files.values():
        for name, line in imported_names(file):
            if name.split(".")[0] != PACKAGE:
                continue
            target = name
            while target not in files and "." in target:
                target = target.rpartition(".")[0]
            if target != file.name:
                found.append(Import(importer=file.name, imported=target, line=line))
    return found


def floor_violations(files: Mapping[str, SourceFile], imports: list[Import]) -> Iterator[str]:
    for room in sorted({file.room for file in files.values()} - FLOORS.keys()):
        yield f"{room}: no floor; give the room one in FLOORS"
    for each in imports:
        importer, imported = room_of(each.importer), room_of(each.imported)
        known = importer in FLOORS and imported in FLOORS
        if not known or importer == imported or (importer, imported) in SAME_FLOOR:
            continue
        if FLOORS[imported] >= FLOORS[importer]:
            where = f"{files[each.importer].path.as_posix()}:{each.line}"
            floors = f"floor {FLOORS[importer]} from floor {FLOORS[imported]}"
            yield f"{where}: {importer} imports {imported}: {floors}"


def cycles(imports: list[Import]) -> Iterator[str]:
    """One line for each group of modules that import each other in a circle (strongly connected components)."""
    targets: dict[str, set[str]] = {}
    for each in imports:
        targets.setdefault(each.importer, set()).add(each.imported)

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [*targets.get(start, ())]
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen.add(module)
                waiting += targets.get(module, ())
        return seen

    reach = {module: reachable(module) for module in targets}
    circles = {
        tuple(sorted(other for other in reach[module] if module in reach.get(other, set())))
        for module in targets
        if module in reach[module]
    }
    yield from (f"circle of imports: {', '.join(circle)}" for circle in sorted(circles))


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The argument given by keyword or position."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if len(call.args) > position else None


def lacks_encoding(call: ast.Call) -> bool:
    """True when the call opens, reads or writes text and leaves the encoding to the machine."""
    name = dotted(call.func)
    last = name.split(".")[-1]
    keywords = {keyword.arg for keyword in call.keywords}
    if "encoding" in keywords or None in keywords or name in NOT_TEXT_OPENERS:
        return False
    if last in ENCODING_POSITION:
        return len(call.args) <= ENCODING_POSITION[last]
    if name.startswith("subprocess."):
        return bool(keywords & {"text", "universal_newlines"})
    position, default = OPENERS.get(name, (0, "r"))
    if name not in OPENERS and not (last == "open" and isinstance(call.func, ast.Attribute)):
        return False
    mode = argument(call, position, "mode")
    if mode is None:
        given = default
    elif isinstance(mode, ast.Constant) and isinstance(mode.value, str):
        given = mode.value
    else:
        return True  # a mode that cannot be read here: say the encoding, or write the mode out
    return "t" in given if name in TEXT_MODES_OF_COMPRESSED else "b" not in given


def call_faults(call: ast.Call, room: str) -> Iterator[str]:
    name = dotted(call.func)
    if name in BANNED_CALLS:
        yield f"{name}() runs text as code"
    if name.split(".")[0] == "yaml" and name.split(".")[-1] in UNSAFE_YAML:
        yield f"{name}() makes objects from text; use yaml.safe_load"
    if any(
        keyword.arg == "allow_pickle" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
        for keyword in call.keywords
    ):
        yield "allow_pickle unpickles"
    if room != "cli" and (name == "print" or name.startswith(("sys.stdout.", "sys.stderr."))):
        yield f"{name}() outside cli"
    if room not in ("cli", "__main__") and name in ("sys.exit", "exit", "quit"):
        yield f"{name}() outside cli"
    if lacks_encoding(call):
        yield f"{name}() without an encoding"


def source_faults(file: SourceFile) -> Iterator[str]:
    where = file.path.as_posix()
    if file.line_count > MAX_FILE_LINES:
        yield f"{where}: {file.line_count} lines, more than {MAX_FILE_LINES}"
    for name, line in imported_names(file):
        if name.split(".")[0] in BANNED_MODULES:
            yield f"{where}:{line}: imports {name.split('.')[0]}"
        if name.startswith("yaml.") and name.split(".")[-1] in UNSAFE_YAML:
            yield f"{where}:{line}: imports {name}; use yaml.safe_load"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            yield from (f"{where}:{node.lineno}: {fault}" for fault in call_faults(node, file.room))


def check_tree(root: Path) -> list[str]:
    """Every violation below `root`, one line each; empty when the house is in order."""
    files = read_tree(root)
    imports = imports_within(files)
    faults = [*floor_violations(files, imports), *cycles(imports)]
    for file in files.values():
        faults += source_faults(file)
    return faults


def plant(root: Path, modules: Mapping[str, str]) -> Path:
    """Writes a small package: path below the package to source."""
    for path, source in modules.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source, encoding="utf-8")
    return root


def test_the_source_keeps_the_house_rules() -> None:
    assert check_tree(SOURCE) == []


def test_the_checker_reads_the_whole_source() -> None:
    files = read_tree(SOURCE)
    assert {PACKAGE, f"{PACKAGE}.article", f"{PACKAGE}.text", f"{PACKAGE}.verify"} <= files.keys()
    edges = {(each.importer, each.imported) for each in imports_within(files)}
    assert (f"{PACKAGE}.result", f"{PACKAGE}.article") in edges


# label: (modules, words that the one fault must contain)
FORBIDDEN_IMPORTS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "upward": ({"text/tokens.py": "import newsdedup.verify", "verify/__init__.py": ""}, "text imports verify"),
    "upward by from": (
        {"sketch/lsh.py": "from newsdedup.pipeline import run", "pipeline.py": ""},
        "sketch imports pipeline",
    ),
    "upward by from the package": (
        {"text/a.py": "from newsdedup import cluster", "cluster.py": "", "__init__.py": ""},
        "text imports cluster",
    ),
    "relative, two dots": (
        {"text/a.py": "from ..verify import facts", "verify/facts.py": "", "verify/__init__.py": ""},
        "text imports verify",
    ),
    "inside a function": (
        {"loaders/a.py": "def f():\n    from newsdedup.config import Config\n", "config.py": ""},
        "loaders imports config",
    ),
    "under TYPE_CHECKING": (
        {
            "article.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import newsdedup.report\n",
            "report/__init__.py": "",
        },
        "article imports report",
    ),
    "by import_module": (
        {"report/a.py": 'import importlib\nimportlib.import_module("newsdedup.cli")\n', "cli/__init__.py": ""},
        "report imports cli",
    ),
    "sketch and verify": ({"sketch/a.py": "import newsdedup.verify.b", "verify/b.py": ""}, "sketch imports verify"),
    "loaders and pipeline": ({"loaders/a.py": "import newsdedup.pipeline", "pipeline.py": ""}, "imports pipeline"),
    "cluster and pipeline": ({"cluster.py": "import newsdedup.pipeline", "pipeline.py": ""}, "imports pipeline"),
    "the version, from below": ({"report/a.py": "from newsdedup import __version__", "__init__.py": ""}, "__init__"),
    "a room without a floor": ({"helpers.py": ""}, "helpers: no floor"),
    "circle in a room": (
        {"text/a.py": "from newsdedup.text import b", "text/b.py": "from newsdedup.text.a import x"},
        "circle of imports: newsdedup.text.a, newsdedup.text.b",
    ),
    "circle of three": (
        {
            "verify/a.py": "from . import b",
            "verify/b.py": "from .c import x",
            "verify/c.py": "def f():\n    from newsdedup.verify.a import y\n",
        },
        "circle of imports: newsdedup.verify.a, newsdedup.verify.b, newsdedup.verify.c",
    ),
    "circle with the package": (
        {"text/__init__.py": "from newsdedup.text.a import x", "text/a.py": "from newsdedup.text import y"},
        "circle of imports: newsdedup.text, newsdedup.text.a",
    ),
}


@pytest.mark.parametrize("label", FORBIDDEN_IMPORTS)
def test_a_forbidden_import_is_one_fault(label: str, tmp_path: Path) -> None:
    modules, words = FORBIDDEN_IMPORTS[label]
    faults = check_tree(plant(tmp_path, modules))
    assert len(faults) == 1
    assert words in faults[0]


@pytest.mark.parametrize(
    "modules",
    [
        pytest.param({"verify/a.py": "from newsdedup.text.b import x", "text/b.py": ""}, id="downward"),
        pytest.param({"text/a.py": "from . import b\nfrom .b import x", "text/b.py": ""}, id="own room"),
        pytest.param({"run.py": "import newsdedup.cluster", "cluster.py": ""}, id="run and cluster"),
        pytest.param({"api.py": "from newsdedup.config import C", "config.py": ""}, id="api and config"),
        pytest.param(
            {
                "cli/main.py": "from newsdedup import __version__, api, report, sketch",
                "__init__.py": "",
                "api.py": "",
                "report/__init__.py": "",
                "sketch/__init__.py": "",
            },
            id="cli and everything",
        ),
        pytest.param({"text/a.py": "import newsdedupx.verify\nimport json.decoder"}, id="other packages"),
        pytest.param(
            {"text/__init__.py": "from newsdedup.text.a import x", "text/a.py": "", "text/b.py": "from . import a"},
            id="a sibling by way of the package is no circle",
        ),
    ],
)
def test_an_allowed_import_is_no_fault(modules: Mapping[str, str], tmp_path: Path) -> None:
    assert check_tree(plant(tmp_path, modules)) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import pickle", "imports pickle"),
        ("from marshal import loads", "imports marshal"),
        ("import shelve as s", "imports shelve"),
        ("eval('1')", "eval()"),
        ("exec('a = 1')", "exec()"),
        ("yaml.load(text)", "yaml.load()"),
        ("yaml.unsafe_load(text)", "yaml.unsafe_load()"),
        ("from yaml import load", "imports yaml.load"),
        ("np.load(path, allow_pickle=True)", "allow_pickle"),
        ("print('found')", "print()"),
        ("sys.stdout.write('found')", "sys.stdout.write()"),
        ("sys.exit(1)", "sys.exit()"),
        ("open(path)", "open() without"),
        ("open(path, 'w')", "open() without"),
        ("open(path, mode)", "open() without"),
        ("path.open()", "path.open() without"),
        ("Path(path).open('w')", "open() without"),
        ("gzip.open(path, 'rt')", "gzip.open() without"),
        ("path.read_text()", "path.read_text() without"),
        ("path.write_text(text)", "path.write_text() without"),
        ("io.TextIOWrapper(raw)", "io.TextIOWrapper() without"),
        ("tempfile.NamedTemporaryFile('w')", "tempfile.NamedTemporaryFile() without"),
        ("subprocess.run(command, text=True)", "subprocess.run() without"),
    ],
)
def test_a_forbidden_line_is_one_fault(line: str, words: str, tmp_path: Path) -> None:
    faults = check_tree(plant(tmp_path, {"text/a.py": f"def f():\n    {line}\n"}))
    assert len(faults) == 1
    assert faults[0].startswith("text/a.py:2: ")
    assert words in faults[0]


@pytest.mark.parametrize(
    "line",
    [
        "import json",
        "re.compile(x)",
        "model.eval()",
        "cursor.exec(x)",
        "yaml.safe_load(text)",
        "loader.load(path)",
        "np.load(path, allow_pickle=False)",
        "sys.stdin.buffer.read()",
        "open(path, encoding='utf-8')",
        "open(path, 'rb')",
        "open(path, mode, encoding=given)",
        "path.open('rb')",
        "path.open(encoding='utf-8')",
        "gzip.open(path)",
        "gzip.open(path, 'rt', encoding='utf-8')",
        "os.open(path, os.O_RDONLY)",
        "path.read_text('utf-8')",
        "path.read_bytes()",
        "path.write_text(text, encoding='utf-8')",
        "io.TextIOWrapper(raw, encoding='utf-8')",
        "tempfile.NamedTemporaryFile()",
        "subprocess.run(command)",
        "'print(eval(open(path)))'",
    ],
)
def test_an_innocent_line_is_no_fault(line: str, tmp_path: Path) -> None:
    assert check_tree(plant(tmp_path, {"text/a.py": f"def f():\n    {line}\n"})) == []


def test_the_command_line_may_print_and_exit(tmp_path: Path) -> None:
    source = "print('found')\nsys.stdout.write('found')\nsys.exit(1)\n"
    assert check_tree(plant(tmp_path, {"cli/main.py": source})) == []


@pytest.mark.parametrize(("lines", "faults"), [(MAX_FILE_LINES, 0), (MAX_FILE_LINES + 1, 1)])
def test_a_file_has_at_most_400_lines(lines: int, faults: int, tmp_path: Path) -> None:
    assert len(check_tree(plant(tmp_path, {"text/a.py": "x = 1\n" * lines}))) == faults
