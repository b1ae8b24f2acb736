from films.models.index import SearchIndex, row_of


class ReviewIndex(SearchIndex):
    review = row_of("reviews.Review")

    class Meta(SearchIndex.Meta):
        db_table = "reviews_reviewindex"
