from reviews.forms.afterthoughts import AfterthoughtForm
from reviews.forms.comments import CommentForm
from reviews.forms.viewings import RatingForm, SeenForm
from reviews.forms.writing import FORM_KEY, WriteForm

__all__ = ["FORM_KEY", "AfterthoughtForm", "CommentForm", "RatingForm", "SeenForm", "WriteForm"]
