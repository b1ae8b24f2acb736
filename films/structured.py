"""What pages say to machines, in the words of schema.org. Never what gives a film away."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from films import share_images
from users.addresses import absolute

CONTEXT = "https://schema.org"
IMDB, WIKIDATA = "https://www.imdb.com/title/", "https://www.wikidata.org/wiki/"


def without_gaps(data):
    return {key: value for key, value in data.items() if value not in ("", None, [], {})}


class Preview(NamedTuple):
    """The picture that goes with a link."""

    url: str
    width: int
    height: int
    alt: str


def preview_card(film, request):
    """None of a film that is not published: nothing is printed of it."""
    if not film.is_published:
        return None
    return Preview(
        absolute(request, share_images.address_of(film)),
        share_images.WIDTH,
        share_images.HEIGHT,
        _("The title card of %(film)s") % {"film": film},
    )


def preview_image(image, request):
    """None where readers do not see the picture."""
    file = image.middle_file if image.is_public else None
    if file is None:
        return None
    address = absolute(request, image.url)
    return Preview(address, file["width"], file["height"], image.alt_text)


def movie(film, request):
    """From what `for_page` brought."""
    titles = [film.original_title, *(row.text for row in film.titles.all())]
    ids = (IMDB, film.imdb_id), (WIKIDATA, film.wikidata_id)
    return without_gaps(
        {
            "@context": CONTEXT,
            "@type": "Movie",
            "name": film.title,
            "url": absolute(request, film.get_absolute_url()),
            "image": absolute(request, share_images.address_of(film)),
            "alternateName": [text for text in dict.fromkeys(titles) if text != film.title],
            "dateCreated": str(film.year or ""),
            "duration": f"PT{film.runtime}M" if film.runtime else "",
            "description": film.synopsis,
            "countryOfOrigin": [
                {"@type": "Country", "name": row.country.name} for row in film.film_countries.all()
            ],
            "director": [person(row, request) for row in film.people_as("director")],
            "actor": [person(row, request) for row in film.people_as("cast")],
            "sameAs": [f"{base}{key}" for base, key in ids if key],
            "aggregateRating": ratings(film),
        }
    )


def person(row, request):
    return {
        "@type": "Person",
        "name": row.name,
        "url": absolute(request, row.get_absolute_url()),
    }


def ratings(film):
    if not film.rating_count:
        return {}
    return {
        "@type": "AggregateRating",
        "ratingValue": round(film.rating_mean, 2),
        "ratingCount": film.rating_count,
        "worstRating": 0.5,
        "bestRating": 5,
    }


def image_objects(images, request):
    """Of those that readers see."""
    return [image_object(image, request) for image in images if image.is_public]


def image_object(image, request):
    """From what `with_credit` brought."""
    creator = {"@type": "Person", "name": image.creator_name, "url": image.creator_url}
    maker = _("maker not known") if image.creator_is_unknown else image.creator_name
    page = absolute(request, image.get_absolute_url())
    file = image.middle_file or {"width": image.width, "height": image.height}
    said, url = (maker, image.license.name, image.changes), image.url
    return without_gaps(
        {
            "@context": CONTEXT,
            "@type": "ImageObject",
            "name": image.title,
            "description": image.alt_text,
            "contentUrl": absolute(request, url) if url else "",
            "url": page,
            "width": file["width"],
            "height": file["height"],
            "creator": {} if image.creator_is_unknown else without_gaps(creator),
            "creditText": ", ".join(filter(None, said)),
            "copyrightNotice": maker,
            # A licence that has no address stands on the picture's page.
            "license": image.license.url or page,
            "acquireLicensePage": image.source_url or page,
        }
    )


def breadcrumbs(request, *steps):
    """`steps` are (name, path) from the outermost in."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": str(name),
                "item": absolute(request, path),
            }
            for place, (name, path) in enumerate(steps, 1)
        ],
    }
