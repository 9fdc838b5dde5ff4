"""Editing JSON as text: what is not touched keeps its spelling, its order and its white space.

Works on text that `json.loads` takes; a `Node` is a value with its place in the text.
"""

import json
import re
from dataclasses import dataclass

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\n\r]*")
_INDENT = re.compile(r"\n([ \t]+)\S")


@dataclass(frozen=True)
class Node:
    """`start` to `end` hold the value; `begin` is where its key begins, `start` without one."""

    key: str
    begin: int
    start: int
    end: int


def root_of(text: str) -> Node:
    """The value that the whole text is."""
    start = _skip(text, 0)
    return Node("", start, start, _end_of(text, start))


def children(text: str, parent: Node) -> list[Node]:
    """The members of an object or the elements of an array, in their order."""
    found = []
    place = _skip(text, parent.start + 1)
    while text[place] not in "}]":
        begin, key = place, ""
        if text[parent.start] == "{":
            key, place = _DECODER.raw_decode(text, place)
            place = _skip(text, _skip(text, place) + 1)  # behind the colon
        end = _end_of(text, place)
        found.append(Node(key, begin, place, end))
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)
    return found


def member(text: str, parent: Node, key: str) -> Node | None:
    """The member that a decoder would see under `key`: the last of that name."""
    found = [node for node in children(text, parent) if node.key == key]
    return found[-1] if found else None


def with_child(text: str, parent: Node, value: object, *, key: str = "") -> str:
    """The text with one more member or element, behind the others, spaced as they are."""
    inside = children(text, parent)
    name = f"{json.dumps(key, ensure_ascii=False)}: " if key else ""
    indent = _indent_of(text)
    if "\n" not in text.strip() and len(text.strip()) > 2:  # all on one line, and not just {}
        item = name + json.dumps(value, ensure_ascii=False)
        if not inside:
            return text[: parent.start + 1] + item + text[parent.end - 1 :]
        return f"{text[: inside[-1].end]}, {item}{text[inside[-1].end :]}"
    depth = _depth_of(text, parent, indent)
    inner, outer = "\n" + indent * (depth + 1), "\n" + indent * depth
    written = json.dumps(value, ensure_ascii=False, indent=indent).replace("\n", inner)
    if inside:
        return f"{text[: inside[-1].end]},{inner}{name}{written}{text[inside[-1].end :]}"
    return f"{text[: parent.start + 1]}{inner}{name}{written}{outer}{text[parent.end - 1 :]}"


def without_child(text: str, parent: Node, child: Node) -> str:
    """The text without a member or an element and the comma that belonged to it."""
    inside = children(text, parent)
    place = inside.index(child)
    if len(inside) == 1:
        return text[: parent.start + 1] + text[parent.end - 1 :]
    if place > 0:
        return text[: inside[place - 1].end] + text[child.end :]
    return text[: child.begin] + text[inside[1].begin :]


def _indent_of(text: str) -> str:
    found = _INDENT.search(text)
    return found.group(1) if found else "  "


def _depth_of(text: str, parent: Node, indent: str) -> int:
    """How deep the line is on which a container opens."""
    line = text[text.rfind("\n", 0, parent.start) + 1 : parent.start]
    blank = _BLANK.match(line)
    return len(blank.group()) // len(indent) if blank else 0


def _skip(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _end_of(text: str, place: int) -> int:
    _, end = _DECODER.raw_decode(text, place)
    return end
