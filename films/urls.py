from django.urls import path

from films.views import (
    cards,
    countries,
    films,
    image_credits,
    image_files,
    images,
    lists,
    people,
    themes,
    uploads,
)

app_name = "films"

urlpatterns = [
    path("films/", films.browse, name="browse"),
    path("films.json", lists.browse_json, name="browse_json"),
    path("films.csv", lists.browse_csv, name="browse_csv"),
    path("films.rss", lists.browse_feed, name="browse_feed"),
    path("films/add/", films.film_add, name="film_add"),
    path("films/complete/", films.film_complete, name="film_complete"),
    path("films/<slug>/", films.film, name="film"),
    path("films/<slug>/card.png", cards.film_card, name="film_card"),
    path("films/<slug>/feed/", films.film_feed, name="film_feed"),
    path("films/<slug>/themes/", themes.theme_add, name="theme_add"),
    path("films/<slug>/themes/<theme>/", themes.theme_vote, name="theme_vote"),
    path("films/<slug>/pictures/add/", uploads.image_add, name="image_add"),
    path("images/add/", uploads.image_upload, name="image_upload"),
    path("images/keep/", uploads.image_keep, name="image_keep"),
    path("images/<key>/", images.image, name="image"),
    path("images/<key>/credit/", image_credits.image_credit, name="image_credit"),
    path("images/<key>/credit.json", image_credits.image_credit_json, name="image_credit_json"),
    path("images/<key>/files/<name>", image_files.image_file, name="image_file"),
    path("images/<key>/preview/", uploads.image_preview, name="image_preview"),
    path("themes/", themes.themes, name="themes"),
    path("themes/complete/", themes.theme_complete, name="theme_complete"),
    path("themes/<slug>/", themes.theme, name="theme"),
    path("themes/<slug>/feed/", themes.theme_feed, name="theme_feed"),
    path("countries/", countries.countries, name="countries"),
    path("countries/<slug>/", countries.country, name="country"),
    path("countries/<slug>/feed/", countries.country_feed, name="country_feed"),
    path("people/<slug>/", people.person, name="person"),
]
