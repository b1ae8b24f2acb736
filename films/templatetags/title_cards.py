from django import template

from films import title_cards

register = template.Library()

register.simple_tag(title_cards.title_card)
register.simple_tag(title_cards.mini)
register.simple_tag(title_cards.spine)
register.simple_tag(title_cards.glyph)
register.simple_tag(title_cards.banner)
