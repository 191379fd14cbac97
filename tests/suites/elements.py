"""A second opinion: what ElementTree finds in a feed that parses strictly, by local names alone."""
import xml.etree.ElementTree as ElementTree

ATOM = ("http://www.w3.org/2005/atom", "https://www.w3.org/2005/atom", "http://purl.org/atom/ns",
        "http://example.com/newformat")
ROOTS = {"rss", "rdf", "feed", "entry", "channel"}


def local(element):
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def space(element):
    return element.tag.rpartition("}")[0].lstrip("{") if isinstance(element.tag, str) else ""


def parse(text):
    """The root, or None when the text does not parse strictly."""
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def is_feed(root):
    if local(root) in ("feed", "entry"):
        return space(root) == "" or space(root).lower().startswith(ATOM)
    return local(root) in ("rss", "channel") or (
        local(root) == "rdf" and any(local(child) in ("channel", "item") for child in root))


def items_of(root):
    """The items of a feed in the vocabulary of its root, wherever they stand."""
    wanted = "entry" if local(root) in ("feed", "entry") else "item"
    own = {"", space(root)}
    channel = next((child for child in root if local(child) == "channel"), None)
    if local(root) == "rdf" and channel is not None:
        own.add(space(channel))
    return [element for element in root.iter() if local(element) == wanted and (
        space(element) in own or "rss" in space(element).lower() or "atom" in space(element).lower())]


def children_of(item, name, own):
    return [child for child in item if local(child) == name and space(child) in ("", own)]
