from collections import Counter

from django.utils.text import slugify

from films.catalogue.reading import BadLine
from films.models import Country


def begin(known):
    known["countries"] = set(Country.objects.values_list("pk", flat=True))
    known["successors"] = {}


def look_up(records, known):
    """Nothing to fetch: codes are few and known."""


def check(record, known):
    code = record["code"]
    if not known["seen"].add(f"country {code}"):
        raise BadLine("code", f"{code} stands in an earlier line too")
    if record.get("status") == "former" and not record.get("existed"):
        raise BadLine("existed", "is missing: a former state has its years")
    known["countries"].add(code)


def facts(record):
    existed = record.get("existed") or {}
    return {
        "name": record["name"],
        "adjective": record.get("adjective") or "",
        "cinema_label": record.get("cinema_label") or "",
        "native_names": record.get("native_names") or [],
        "aliases": record.get("aliases") or [],
        "official_languages": record.get("official_languages") or [],
        "region": record["region"],
        "subregion": record.get("subregion") or "",
        "is_former": record.get("status") == "former",
        "existed_from": existed.get("from"),
        "existed_to": existed.get("to"),
        "note": record.get("note") or "",
    }


def write(records, known):
    counts = Counter()
    present = Country.objects.in_bulk([record["code"] for record in records])
    for record in records:
        country, wanted = present.get(record["code"]), facts(record)
        if country is None:
            slug = slugify(record["name"])
            if Country.objects.filter(slug=slug).exists():
                slug = f"{slug}-{record['code'].lower()}"
            Country.objects.create(code=record["code"], slug=slug, **wanted)
            counts["created"] += 1
        elif any(getattr(country, name) != value for name, value in wanted.items()):
            former_name = country.name
            Country.objects.filter(pk=country.pk).update(**wanted)
            country.name = wanted["name"]
            country.reprint(former_name)
            counts["updated"] += 1
        else:
            counts["unchanged"] += 1
        if record.get("successors"):
            known["successors"][record["code"]] = record["successors"]
    return counts


def finish(known):
    """Link former states to what came after them, now that all are there."""
    for code, successors in known["successors"].items():
        country = Country.objects.get(pk=code)
        wanted = set(Country.objects.filter(pk__in=successors).values_list("pk", flat=True))
        if set(country.successors.values_list("pk", flat=True)) != wanted:
            country.successors.set(wanted)
