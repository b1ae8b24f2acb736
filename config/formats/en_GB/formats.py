"""What Django's own lists (the staff's) show of times: as everywhere on the site."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
