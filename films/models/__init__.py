from films.models.country import Country, FilmCountry, FilmLanguage, Language
from films.models.film import Film
from films.models.image import FilmImage, Image, License
from films.models.person import Credit, Person
from films.models.relation import FilmRelation
from films.models.tally import CountryDecade, Decade, ThemeCountry, ThemeDecade, ThemePair
from films.models.theme import FilmTheme, Theme, ThemeLabel, ThemeListing, ThemeVote
from films.models.title import FilmTitle, FilmWord, FormerSlug

__all__ = [
    "Country",
    "CountryDecade",
    "Credit",
    "Decade",
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
