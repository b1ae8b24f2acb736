"""XMP, the metadata that a picture brings and that ours are given: XML in words of RDF.

A property is written `prefix:name`. What is read is bounded and may be hostile.
"""

from contextlib import suppress
from xml.sax.saxutils import escape, quoteattr

from defusedxml import ElementTree

from users.atom import clean

NAMESPACES = {
    "cc": "http://creativecommons.org/ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
PREFIXES = {address: prefix for prefix, address in NAMESPACES.items()}
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MAX_BYTES = 256 * 1024
MAX_TEXT = 2000
MAX_ITEMS = 20

LISTS = {"dc:creator": "Seq", "dc:rights": "Alt", "dc:title": "Alt", "xmpRights:UsageTerms": "Alt"}
ADDRESSES = {"cc:license", "cc:attributionURL"}
PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">{}</x:xmpmeta><?xpacket end="r"?>'
)


def packet(properties) -> bytes:
    """`properties` is {property: text}; empty ones are left out."""
    names = "".join(f" xmlns:{prefix}={quoteattr(at)}" for prefix, at in NAMESPACES.items())
    body = "".join(element(name, clean(text)) for name, text in properties.items() if text)
    rdf = f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""{names}>{body}'
    return PACKET.format(f"{rdf}</rdf:Description></rdf:RDF>").encode()


def element(name, text):
    if name in ADDRESSES:
        return f"<{name} rdf:resource={quoteattr(text)}/>"
    if kind := LISTS.get(name):
        language = ' xml:lang="x-default"' if kind == "Alt" else ""
        item = f"<rdf:li{language}>{escape(text)}</rdf:li>"
        return f"<{name}><rdf:{kind}>{item}</rdf:{kind}></{name}>"
    return f"<{name}>{escape(text)}</{name}>"


def properties(data: bytes) -> dict[str, list[str]]:
    """{property: its texts} of the namespaces named above; nothing of a packet that is broken,
    longer than MAX_BYTES, or that declares entities."""
    found = {}
    if not data or len(data) > MAX_BYTES:
        return found
    with suppress(Exception):  # a parser fed hostile bytes raises whatever it likes
        for node in ElementTree.fromstring(data.rstrip(b"\0 \r\n\t"), forbid_dtd=True).iter():
            if known(node.tag):
                found.setdefault(known(node.tag), texts(node))
            if node.tag == f"{{{RDF}}}Description":
                for key, value in node.attrib.items():
                    if known(key):
                        found.setdefault(known(key), [value[:MAX_TEXT]])
    return {name: values for name, values in found.items() if values}


def known(tag):
    address, _, name = str(tag)[1:].partition("}")
    return f"{PREFIXES[address]}:{name}" if address in PREFIXES else ""


def texts(node):
    if resource := node.get(f"{{{RDF}}}resource"):
        return [resource[:MAX_TEXT]]
    items = [item.text for lists in node for item in lists if item.tag == f"{{{RDF}}}li"]
    return [text[:MAX_TEXT] for text in (items or [node.text])[:MAX_ITEMS] if text and text.strip()]
