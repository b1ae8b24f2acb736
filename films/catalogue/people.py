from collections import Counter

from films.catalogue.reading import BadLine
from films.models import Film, Person
from films.models.person import sorted_under
from films.normalize import piece_slug


def begin(known):
    """People are looked up by name, a batch at a time."""


def look_up(records, known):
    """Nothing to fetch."""


def check(record, known):
    if not known["seen"].add(f"person {record['name']}"):
        raise BadLine("name", "stands in an earlier line too")
    if bool(record.get("native_name")) != bool(record.get("native_language")):
        raise BadLine("native_language", "goes with native_name, and neither stands alone")


def first_of(names):
    """{name: Person}, the oldest of those who share a name."""
    people = Person.objects.filter(name__in=names).order_by("-pk")
    return {person.name: person for person in people}


def ensure(names):
    """{name: Person} for all of `names`, made where there is none."""
    people = first_of(names)
    missing = sorted(set(names) - people.keys())
    slugs = {name: piece_slug(name) or f"person-{ord(name[0]):x}" for name in missing}
    taken = set(Person.objects.filter(slug__in=slugs.values()).values_list("slug", flat=True))
    new = []
    for name in missing:
        slug, number = slugs[name], 2
        while slug in taken or (number > 2 and Person.objects.filter(slug=slug).exists()):
            slug, number = f"{slugs[name]}-{number}", number + 1
        taken.add(slug)
        new.append(Person(name=name, slug=slug, sort_name=sorted_under(name)))
    Person.objects.bulk_create(new)
    Person.objects.index_words(new)
    return people | {person.name: person for person in new}


def write(records, known):
    counts = Counter()
    people = first_of([record["name"] for record in records])
    counts["created"] = len(ensure([r["name"] for r in records if r["name"] not in people]))
    changed = []
    for record in records:
        wanted = (record.get("native_name") or "", record.get("native_language") or "")
        was = people.get(record["name"])
        if was is not None and (was.native_name, was.native_language) == wanted:
            counts["unchanged"] += 1
            continue
        counts["updated"] += was is not None
        person = was or Person.objects.get(name=record["name"])
        person.native_name, person.native_language = wanted
        person.save(update_fields=["native_name", "native_language"])
        changed.append(person)
    Person.objects.index_words(changed)
    for film in Film.objects.credited(changed).iterator(chunk_size=500):
        film.index_words()
    return counts


def finish(known):
    """People point at nothing."""
