from django import template

from films import graphics

register = template.Library()

register.simple_tag(graphics.stars)
register.simple_tag(graphics.histogram)
register.simple_tag(graphics.strength)
register.simple_tag(graphics.meter)
register.simple_tag(graphics.diverging)
register.simple_tag(graphics.decades)
register.simple_tag(graphics.spark)
register.simple_tag(graphics.soundtrack)
