from films.models.country import Country, Language
from films.models.film import (
    Credit,
    Film,
    FilmCountry,
    FilmLanguage,
    FilmRelation,
    FilmTitle,
    FilmWord,
    FormerSlug,
)
from films.models.image import FilmImage, Image, License
from films.models.person import Person
from films.models.tally import CountryDecade, ThemeCountry, ThemeDecade, ThemePair
from films.models.theme import FilmTheme, Theme, ThemeLabel, ThemeListing, ThemeVote

__all__ = [
    "Country",
    "CountryDecade",
    "Credit",
    "Film",
    "FilmCountry",
    "FilmImage",
    "FilmLanguage",
    "FilmRelation",
    "FilmTheme",
    "FilmTitle",
    "FilmWord",
    "FormerSlug",
    "Image",
    "Language",
    "License",
    "Person",
    "Theme",
    "ThemeCountry",
    "ThemeDecade",
    "ThemeLabel",
    "ThemeListing",
    "ThemePair",
    "ThemeVote",
]
