"""Every public address, a section to a kind, a file to 10,000."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemaps
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db import connection
from django.db.models.expressions import RawSQL
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from films.models import Country, Film, Image, Person, Theme
from reviews.models import Review
from users.addresses import absolute
from users.models import User
from users.visitor_pages import for_anybody

# Which ranges of keys have a row. Each is looked into by itself, by the key: an index on the rows'
# state would be read to its end, and on SQLite it would be taken.
FILLED = """
    WITH RECURSIVE pages(low) AS (
        SELECT 0 UNION ALL
        SELECT low + {size} FROM pages WHERE low + {size} < (SELECT MAX({key}) FROM {table})
    )
    SELECT low / {size} + 1 FROM pages WHERE ({rows}) IS NOT NULL"""


class KeyRanges:
    """Pages of rows by ranges of their keys: nothing is counted and nothing skipped over."""

    def __init__(self, rows, size):
        self.rows, self.size = rows, size

    @property
    def num_pages(self):
        # Of the whole table: its key's own index answers that, whatever the rows are.
        keys = self.rows.model._base_manager.order_by("-pk").values_list("pk", flat=True)
        greatest = keys.first() or 1
        return -(-greatest // self.size)

    def page(self, number):
        try:
            number = int(number)
        except ValueError as error:
            raise PageNotAnInteger from error
        if not 1 <= number <= self.num_pages:
            raise EmptyPage
        low = (number - 1) * self.size
        return KeyRange(self.rows.filter(pk__gt=low, pk__lte=low + self.size))

    def filled(self):
        """Numbers of the pages that have a row, with one statement."""
        model, size = self.rows.model, self.size
        low, high = RawSQL("pages.low", ()), RawSQL(f"pages.low + {size}", ())  # noqa: S611
        rows = self.rows.filter(pk__gt=low, pk__lte=high).order_by("pk").values("pk")[:1]
        sql, values = rows.query.sql_with_params()
        table, key = map(connection.ops.quote_name, (model._meta.db_table, model._meta.pk.column))
        if connection.vendor == "sqlite":
            sql = sql.replace(f"FROM {table}", f"FROM {table} NOT INDEXED", 1)
        with connection.cursor() as cursor:
            cursor.execute(FILLED.format(rows=sql, table=table, key=key, size=size), values)
            return sorted(number for (number,) in cursor.fetchall())


class KeyRange:
    def __init__(self, rows):
        self.object_list = rows


class RowSitemap(Sitemap):
    limit = 10_000
    changed = "updated_at"  # "" where a row does not know when it changed

    @property
    def paginator(self):
        return KeyRanges(self.items(), self.limit)

    def filled_pages(self):
        """Numbers of those with a row."""
        return self.paginator.filled()

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_ORIGIN).scheme or protocol

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_ORIGIN).netloc or site.domain

    def lastmod(self, row):
        return getattr(row, self.changed) if self.changed else None

    def get_latest_lastmod(self):
        if not self.changed:
            return None
        rows = self.items().order_by(f"-{self.changed}")
        return rows.values_list(self.changed, flat=True).first()


class FilmSitemap(RowSitemap):
    def items(self):
        return Film.objects.published().only("slug", "updated_at").order_by("pk")


class EssaySitemap(RowSitemap):
    def items(self):
        return Review.objects.published().essays().for_links().order_by("pk")


class NoteSitemap(RowSitemap):
    def items(self):
        return Review.objects.published().notes().for_links().order_by("pk")


class ThemeSitemap(RowSitemap):
    changed = ""

    def items(self):
        return Theme.objects.with_films().only("slug").order_by("pk")


class PersonSitemap(RowSitemap):
    changed = ""

    def items(self):
        return Person.objects.with_films().only("slug").order_by("pk")


class CountrySitemap(RowSitemap):
    changed = ""

    @property
    def paginator(self):
        return Paginator(self.items(), self.limit)  # its keys are codes, and few

    def filled_pages(self):
        return [1] if self.items().exists() else []

    def items(self):
        return Country.objects.with_films().only("slug").order_by("pk")


class ImageSitemap(RowSitemap):
    def items(self):
        return Image.objects.public().only("key", "updated_at").order_by("pk")


class MemberSitemap(RowSitemap):
    changed = ""

    def items(self):
        return User.objects.writers().only("username").order_by("pk")


SITEMAPS = {
    "films": FilmSitemap,
    "essays": EssaySitemap,
    "notes": NoteSitemap,
    "themes": ThemeSitemap,
    "countries": CountrySitemap,
    "people": PersonSitemap,
    "images": ImageSitemap,
    "members": MemberSitemap,
}


@require_safe
@sitemaps.x_robots_tag
def sitemap(request):
    """The files that have something in them: the schema allows no empty one."""
    files = [file for name, kind in SITEMAPS.items() for file in files_of(request, name, kind())]
    if not files:
        raise Http404
    answer = render(
        request, "config/sitemap_index.xml", {"files": files}, content_type="application/xml"
    )
    return kept_for_an_hour(answer)


def files_of(request, name, sitemap):
    """(address, when its rows last changed) of each."""
    path = absolute(request, reverse("sitemap_section", args=[name]))
    changed = sitemap.get_latest_lastmod()
    changed = localtime(changed).isoformat() if changed else ""
    numbers = sitemap.filled_pages()
    return [(f"{path}?p={number}" if number > 1 else path, changed) for number in numbers]


@require_safe
def section(request, section):
    answer = sitemaps.sitemap(request, SITEMAPS, section=section)
    if not answer.context_data["urlset"]:
        raise Http404
    return kept_for_an_hour(answer)


def kept_for_an_hour(answer):
    patch_cache_control(answer, **for_anybody(3600))
    return answer
