from reviews.models.comment import Comment
from reviews.models.review import Review, ReviewImage, ReviewTheme
from reviews.models.viewing import Rating, Viewing

__all__ = ["Comment", "Rating", "Review", "ReviewImage", "ReviewTheme", "Viewing"]
