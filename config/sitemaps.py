"""Every public address, a section to a kind, a file to 10,000."""

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemaps
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from films.models import Country, Film, Image, Theme
from reviews.models import Review
from users.models import User


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


class KeyRange:
    def __init__(self, rows):
        self.object_list = rows


class RowSitemap(Sitemap):
    limit = 10_000
    changed = "updated_at"  # "" where a row does not know when it changed

    @property
    def paginator(self):
        return KeyRanges(self.items(), self.limit)

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


class CountrySitemap(RowSitemap):
    changed = ""

    @property
    def paginator(self):
        return Paginator(self.items(), self.limit)  # its keys are codes, and few

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
    "images": ImageSitemap,
    "members": MemberSitemap,
}


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request):
    return sitemaps.index(request, SITEMAPS, sitemap_url_name="sitemap_section")


@require_safe
@cache_control(public=True, max_age=3600)
def section(request, section):
    return sitemaps.sitemap(request, SITEMAPS, section=section)
