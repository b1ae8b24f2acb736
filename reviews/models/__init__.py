from reviews.models.afterthought import Afterthought
from reviews.models.comment import Comment
from reviews.models.export import Export
from reviews.models.image import ReviewImage
from reviews.models.index import ReviewIndex
from reviews.models.left_text import LeftText
from reviews.models.mark import Mark
from reviews.models.passage import HiddenPassage
from reviews.models.question import Question
from reviews.models.quotation import Quotation
from reviews.models.review import Review
from reviews.models.revision import Revision
from reviews.models.text_rule import TextRule
from reviews.models.theme import ReviewTheme
from reviews.models.viewing import Keeping, Rating, Viewing
from reviews.models.working_copy import StaleCopy, WorkingCopy

__all__ = [
    "Afterthought",
    "Comment",
    "Export",
    "HiddenPassage",
    "Keeping",
    "LeftText",
    "Mark",
    "Question",
    "Quotation",
    "Rating",
    "Review",
    "ReviewImage",
    "ReviewIndex",
    "ReviewTheme",
    "Revision",
    "StaleCopy",
    "TextRule",
    "Viewing",
    "WorkingCopy",
]
