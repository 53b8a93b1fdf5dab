"""The entries of a YAML file, each with the lines of its parts; size, depth and what may stand in it are bounded."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from newsdedup.config.entries import Entry, Place
from newsdedup.config.values import Trail
from newsdedup.errors import ConfigError

_MAX_DEPTH = 4  # the mapping, the rules of allow, a rule, its verdicts
_MAX_EVENTS = 10_000  # room for 650 rules; bounds the time of the parser, which is pure Python and runs twice, to .5 s


def yaml_entries(text: str, place: str) -> Iterator[Entry]:
    """The top level of a mapping, in the order of the file; a name may come twice.

    Raises:
        ConfigError: Broken YAML, aliases, tags, no mapping, a part given twice, or more than a configuration needs.
    """
    try:
        _refuse_what_no_configuration_needs(text, place)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(f'{place} line 1: not a mapping; write one "key: value" a line')
        reader = _Reader(place)
        for key_node, value_node in node.value:
            lines: dict[Trail, int] = {}
            value = reader.value(value_node, (), lines)
            yield Entry(name=reader.name(key_node), value=value, place=Place(name=place, lines=lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place} line {mark.line + 1}" if mark else place
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        raise ConfigError(f"{where}: broken YAML: {problem}") from None


def _refuse_what_no_configuration_needs(text: str, place: str) -> None:
    """Stops at the first event that is too many or too deep, before anything is made of them."""
    depth = line = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else line
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{place} line {line}: aliases (*name) are refused; write the value out")
        if getattr(event, "tag", None) is not None:
            raise ConfigError(f"{place} line {line}: tags (!name) are refused; write the value alone")
        if depth > _MAX_DEPTH or count > _MAX_EVENTS:
            raise ConfigError(f"{place} line {line}: nested too deeply or too long for a configuration")


class _Reader:
    """Makes plain values of nodes; a scalar that YAML takes for a number or date but is none stays the text it is."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, trail: Trail, lines: dict[Trail, int]) -> object:
        """The value of a node; the lines of all that is in it are noted."""
        lines[trail] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*trail, number), lines) for number, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, trail, lines)
        try:
            return self._scalars.construct_object(node)
        except (ValueError, OverflowError):  # 2027-02-30: its setting says better what is wrong with it
            return node.value

    def _mapping(self, node: yaml.Node, trail: Trail, lines: dict[Trail, int]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            name = self.name(key_node)
            if name in found:
                line = key_node.start_mark.line + 1
                raise ConfigError(f"{self._place} line {line}: {name} is given twice; keep one")
            found[name] = self.value(value_node, (*trail, name), lines)
        return found

    @staticmethod
    def name(node: yaml.Node) -> str:
        """What a key is called, as it was written."""
        return str(node.value) if isinstance(node, yaml.ScalarNode) else "[...]"
