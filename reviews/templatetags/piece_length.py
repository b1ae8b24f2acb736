from django import template

from reviews import in_words

register = template.Library()


@register.filter
def length_of_text(review):
    return in_words.size(review)


@register.filter
def length_so_far(review):
    return in_words.size_so_far(review)
