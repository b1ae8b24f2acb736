from films.models.country import Country, FilmCountry, FilmLanguage, Language
from films.models.credit_change import CreditChange
from films.models.file_errand import FileErrand
from films.models.film import Film
from films.models.image import FilmImage, Image, License
from films.models.index import FilmIndex, PersonIndex, ThemeIndex
from films.models.lookup import Hits, Place, look_up, words_held
from films.models.merge import FilmMerge
from films.models.permission_proof import PermissionProof
from films.models.person import Credit, Person
from films.models.relation import FilmRelation
from films.models.shown import Shown, bring, row_from
from films.models.spelling import WordPart
from films.models.tally import CountryDecade, Decade, ThemeCountry, ThemeDecade, ThemePair
from films.models.theme import FilmTheme, Theme, ThemeLabel, ThemeListing, ThemeVote
from films.models.title import FilmTitle, FormerSlug

__all__ = [
    "Country",
    "CountryDecade",
    "Credit",
    "CreditChange",
    "Decade",
    "FileErrand",
    "Film",
    "FilmCountry",
    "FilmImage",
    "FilmIndex",
    "FilmLanguage",
    "FilmMerge",
    "FilmRelation",
    "FilmTheme",
    "FilmTitle",
    "FormerSlug",
    "Hits",
    "Image",
    "Language",
    "License",
    "PermissionProof",
    "Person",
    "PersonIndex",
    "Place",
    "Shown",
    "Theme",
    "ThemeCountry",
    "ThemeDecade",
    "ThemeIndex",
    "ThemeLabel",
    "ThemeListing",
    "ThemePair",
    "ThemeVote",
    "WordPart",
    "bring",
    "look_up",
    "row_from",
    "words_held",
]
