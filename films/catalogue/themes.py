from collections import Counter

from films.catalogue.reading import BadLine
from films.listing import relist_theme
from films.models import Theme, ThemeLabel
from films.models.theme import Ink, Motif
from films.normalize import search_key


def begin(known):
    known["themes"] = dict.fromkeys(Theme.objects.values_list("name", flat=True))
    known["theme_slugs"] = set(Theme.objects.values_list("slug", flat=True))
    known["theme_keys"] = dict(ThemeLabel.objects.values_list("key", "theme__slug"))
    known["parents"] = {}


def look_up(records, known):
    known["theme_slugs"].update(record["slug"] for record in records)


def check(record, known):
    if not known["seen"].add(f"theme {record['slug']}"):
        raise BadLine("slug", "stands in an earlier line too")
    if record.get("motif") and record["motif"] not in Motif.values:
        raise BadLine("motif", f"“{record['motif']}” is no motif")
    if record.get("ink") and record["ink"] not in Ink.values:
        raise BadLine("ink", f"“{record['ink']}” is no ink")
    if record.get("parent") == record["slug"]:
        raise BadLine("parent", "a theme is not broader than itself")
    for (_language, key), label in labels(record).items():
        if not key:
            raise BadLine("labels", f"“{label['text']}” has neither letter nor digit")
        if known["theme_keys"].setdefault(key, record["slug"]) != record["slug"]:
            raise BadLine("labels", f"“{label['text']}” leads to another theme already")
    known["parents"][record["slug"]] = record.get("parent")
    line, slug = [], record["slug"]
    while slug:
        if slug in line:
            raise BadLine("parent", "makes a circle")
        line.append(slug)
        slug = known["parents"].get(slug)
    known["themes"][record["name"]] = None


def labels(record):
    """The name and the labels, one for each language and key."""
    found = {("en", search_key(record["name"])): {"text": record["name"], "language": "en"}}
    for label in record.get("labels") or []:
        found.setdefault((label["language"], search_key(label["text"])), label)
    return found


def facts(record):
    return {
        "name": record["name"],
        "definition": record.get("definition") or "",
        "group": record.get("group") or "",
        "motif": record.get("motif") or "",
        "ink": record.get("ink") or "",
        "is_accepted": True,
    }


def label_rows(record):
    return {
        (language, key): (
            label["text"],
            bool(label.get("preferred")) or (language, key) == ("en", search_key(record["name"])),
        )
        for (language, key), label in labels(record).items()
    }


def write(records, known):
    counts = Counter()
    present = {
        theme.slug: theme
        for theme in Theme.objects.filter(
            slug__in=[record["slug"] for record in records]
        ).prefetch_related("labels")
    }
    for record in records:
        counts[write_one(record, present.get(record["slug"]), known)] += 1
    return counts


def write_one(record, theme, known):
    wanted, rows = facts(record), label_rows(record)
    had = (
        {(x.language, x.key): (x.text, x.is_preferred) for x in theme.labels.all()} if theme else {}
    )
    is_new = theme is None
    same = not is_new and all(getattr(theme, name) == value for name, value in wanted.items())
    if is_new:
        theme = Theme(slug=record["slug"])
    if not same:
        for name, value in wanted.items():
            setattr(theme, name, value)
        theme.save()
    # Labels that the site got since stay; the file's own are brought to what it says.
    changed = {key: row for key, row in rows.items() if had.get(key) != row}
    ThemeLabel.objects.bulk_create(
        [
            ThemeLabel(theme=theme, language=language, key=key, text=text, is_preferred=preferred)
            for (language, key), (text, preferred) in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["language", "key"],
        update_fields=["text", "is_preferred"],
    )
    if changed:
        theme.index_words()
    known["parents"][record["slug"]] = record.get("parent")
    if is_new:
        return "created"
    if not same or changed:
        return "updated"
    return "unchanged"


def finish(known):
    """Hang narrower themes below their broader ones, broader ones first."""
    themes = {theme.slug: theme for theme in Theme.objects.select_related("broader")}
    for slug, parent in sorted(known["parents"].items(), key=lambda pair: depth(pair[0], known)):
        theme, broader = themes.get(slug), themes.get(parent)
        if theme is None:
            continue
        before = (theme.broader_id, theme.card_motif, theme.card_ink)
        theme.broader = broader
        theme.inherit_sign()
        if before != (theme.broader_id, theme.card_motif, theme.card_ink):
            theme.save(update_fields=["broader", "card_motif", "card_ink"])
        if before[0] != theme.broader_id:
            relist_theme(theme)


def depth(slug, known):
    steps = 0
    while slug := known["parents"].get(slug):
        steps += 1
    return steps
