from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from films.models.index import PersonIndex
from films.models.spelling import WordPart
from films.normalize import clean_name, piece_slug, search_key, sort_key
from films.words import name_tokens
from users.addresses import address
from users.models import Reportable, Status


def sorted_under(name):
    """By the last word first."""
    words = search_key(name).split()
    return sort_key(" ".join([*words[-1:], *words[:-1]]) or name)[:140]


class PersonQuerySet(models.QuerySet):
    def for_log(self):
        return self.only("name", "slug")

    def with_films(self):
        credits = Credit.objects.filter(person=OuterRef("pk"), film__status=Status.PUBLISHED)
        return self.filter(Exists(credits))

    def for_names(self, names):
        """The people of these names, in their order, new ones where there are none. An editor
        tells namesakes apart later."""
        names = [clean_name(name) for name in names]
        known = {person.name: person for person in self.filter(name__in=names).order_by("-pk")}
        new = [name for name in names if name not in known]
        for name in new:
            known[name] = self.create(
                name=name, slug=self.free_slug(name), sort_name=sorted_under(name)
            )
        self.index_words(known[name] for name in new)
        return [known[name] for name in names]

    def index_words(self, people):
        """Bring what search finds them by up to date, in the transaction of the cause."""
        names = {person.pk: (person.name, person.native_name) for person in people}
        PersonIndex.objects.write({pk: name_tokens(some) for pk, some in names.items()})
        WordPart.objects.learn(name for some in names.values() for name in some)

    def free_slug(self, name):
        base, number = piece_slug(name) or f"person-{ord(name[0]):x}", 2
        slug = base
        while self.filter(slug=slug).exists():
            slug, number = f"{base}-{number}", number + 1
        return slug


class Person(Reportable, models.Model):
    name = models.CharField(_("name"), max_length=120, db_index=True)
    slug = models.SlugField(_("address"), max_length=140, unique=True, allow_unicode=True)
    sort_name = models.CharField(_("sorted under"), max_length=140, db_index=True)
    native_name = models.CharField(_("own name"), max_length=120, blank=True)
    native_language = models.CharField(_("language of that name"), max_length=12, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address("films:person", self.slug)


class Credit(models.Model):
    class Role(models.TextChoices):
        DIRECTOR = "director", _("director")
        CAST = "cast", _("cast")

    film = models.ForeignKey("films.Film", models.CASCADE, related_name="credits")
    person = models.ForeignKey(
        "films.Person", models.PROTECT, related_name="credits", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        ordering = ["-role", "position", "pk"]
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            models.UniqueConstraint(fields=["film", "person", "role"], name="credit_once")
        ]
        indexes = [models.Index(fields=["person", "role", "film"], name="credit_person")]

    def __str__(self):
        return f"{self.person_id}, {self.role}"
