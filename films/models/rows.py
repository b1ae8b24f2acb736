"""Rows that move from one film to another, with what is needed to bring them back."""

from django.apps import apps
from django.db import IntegrityError, transaction

AT_ONCE = 500


class Rows:
    """Moves rows, and writes into `record`, which is fit for JSON, how they were.

    `moved`: [model, field, from, to, keys]; `made`: [model, key]; `gave_way`: [model, its columns
    as text]; `facts`: [model, key, column, as it was, as it is].
    """

    def __init__(self, record):
        self.record = record
        for name in ("moved", "made", "gave_way", "facts"):
            record.setdefault(name, [])

    def move(self, rows, **target):
        """Hang `rows` on another one: `film=kept`."""
        ((field, new),) = target.items()
        by_old = {}
        column = rows.model._meta.get_field(field).attname
        for key, old in rows.values_list("pk", column):
            by_old.setdefault(old, []).append(key)
        for old, keys in by_old.items():
            for some in batches(keys):
                rows.model._base_manager.filter(pk__in=some).update(**{field: new})
            self.record["moved"].append([rows.model._meta.label, field, old, new.pk, keys])

    def move_one_of_each(self, rows, others, *, field, target, key, rank):
        """Move `rows` to where `others` are. Where both have one of a `key`, the one of the
        higher `rank` stands."""
        rivals = others.filter(member__in=rows.values("member")).order_by("pk")
        there = {key(other): other for other in rivals}
        moving = []
        for row in list(rows.order_by("pk")):
            other = there.get(key(row))
            if other is not None and rank(other) >= rank(row):
                self.give_way(row)
                continue
            if other is not None:
                self.give_way(other)
            there[key(row)] = row
            moving.append(row.pk)
        for some in batches(moving):
            self.move(rows.model._base_manager.filter(pk__in=some), **{field: target})

    def make(self, row):
        row.save(force_insert=True)
        self.record["made"].append([row._meta.label, row.pk])

    def give_way(self, row):
        columns = {field.attname: written(field, row) for field in row._meta.concrete_fields}
        self.record["gave_way"].append([row._meta.label, columns])
        row.delete()

    def set_facts(self, row, values):
        for name, value in values.items():
            self.record["facts"].append([row._meta.label, row.pk, name, getattr(row, name), value])
            setattr(row, name, value)
        if values:
            row.save(update_fields=list(values))

    def forget(self, label, member):
        kept = [
            [model, columns]
            for model, columns in self.record["gave_way"]
            if model != label or columns.get("member_id") != str(member.pk)
        ]
        is_changed = len(kept) < len(self.record["gave_way"])
        self.record["gave_way"] = kept
        return is_changed

    # And back

    def bring_back(self):
        for label, key in self.record["made"]:
            apps.get_model(label)._base_manager.filter(pk=key).delete()
        for label, field, old, new, keys in reversed(self.record["moved"]):
            column = apps.get_model(label)._meta.get_field(field).attname
            rows = apps.get_model(label)._base_manager.filter(**{column: new})
            for some in batches(keys):
                rows.filter(pk__in=some).update(**{column: old})
        for label, columns in self.record["gave_way"]:
            revive(apps.get_model(label), columns)

    def take_facts_back(self, *films):
        """Where nobody has corrected them since."""
        by_key = {(film._meta.label, film.pk): film for film in films}
        for label, key, name, was, became in reversed(self.record["facts"]):
            model = apps.get_model(label)
            row = by_key.get((label, key)) or model._base_manager.filter(pk=key).first()
            if row is not None and getattr(row, name) == became and is_free(row, name, was):
                setattr(row, name, was)
                row.save(update_fields=[name])


def batches(keys):
    """As many as one statement takes on either database."""
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def is_free(row, name, value):
    if value is None or not row._meta.get_field(name).unique:
        return True
    return not type(row)._base_manager.filter(**{name: value}).exclude(pk=row.pk).exists()


def written(field, row):
    value = field.value_from_object(row)
    return None if value is None else field.value_to_string(row)


def revive(model, columns):
    """Make a row anew; what has come in its place since is left alone."""
    values = {
        field.attname: None if columns[field.attname] is None else field.to_python(columns[field.attname])
        for field in model._meta.concrete_fields
        if field.attname in columns
    }  # fmt: skip
    for field in model._meta.concrete_fields:
        target = field.is_relation and values.get(field.attname)
        if target and not field.related_model._base_manager.filter(pk=target).exists():
            return
    try:
        with transaction.atomic():
            model._base_manager.bulk_create([model(**values)])
    except IntegrityError:
        return
