"""What texts are found by: tokens that every database keeps and matches alike.

A name is found by the start of any of its words, and in scripts that write without spaces by any
part of a word. A long text is found by the start of a word, and there by pairs of letters. Signs
that no folded text can hold tell a word of a title, a whole name, and what only staff may find.
"""

import re

from films.normalize import search_key

WORDS = 8  # of a query; what follows them is not looked for
LENGTH = 60
TITLE = "\N{MIDDLE DOT}"
WHOLE = "\N{PILCROW SIGN}"
WITHDRAWN = "\N{DOUBLE DAGGER}"
# Scripts that put no spaces between words: Thai, Lao, Tibetan; Burmese; Khmer; those of East Asia.
JOINED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\U0010ffff"
UNSPACED = re.compile(f"[{JOINED}]")
RUN = re.compile(f"[{JOINED}]+|[^{JOINED}]+")


def query_words(text):
    return [word[:LENGTH] for word in search_key(text[:400].replace("\0", " ")).split()[:WORDS]]


# What is kept


def words_of(texts):
    """Every word, folded, and each tail of a word in a script that writes without spaces."""
    found = set()
    for text in texts:
        words = search_key(text).split()
        if len(words) > 1 and all(is_unspaced(word) for word in words):
            words.append("".join(words))  # some put spaces where others put none
        for word in words:
            found.add(word[:LENGTH])
            if is_unspaced(word):
                found.update(word[i : i + LENGTH] for i in range(1, len(word)))
    return found


def is_unspaced(word):
    return not word.isascii() and UNSPACED.search(word) is not None


def whole(words):
    return (WHOLE + WHOLE.join(words))[:200]


def name_tokens(names):
    return {whole(key.split()) for key in map(search_key, names) if key} | words_of(names)


def film_tokens(titles, people, is_public):
    titled = name_tokens(titles)
    found = titled | {TITLE + word for word in titled if word[0] != WHOLE} | words_of(people)
    return found if is_public else {WITHDRAWN + token for token in found}


def piece_tokens(titles, text):
    """Of an essay or a note: its title and its film's; the text is one without spoilers."""
    titled = {TITLE + word for word in words_of(titles)}
    return titled.union(*map(parts, set(search_key(" ".join([*titles, text])).split())))


def parts(word):
    for run in RUN.findall(word[: 10 * LENGTH]):
        if is_unspaced(run):
            yield from (run[i : i + 2] for i in range(len(run)))
        else:
            yield run[:LENGTH]


# What is asked for: groups, of each of which one token must be there; a star stands for any end


def in_names(words, withdrawn=False):
    """Of films, those that are `withdrawn` as well."""
    signs = ("", WITHDRAWN) if withdrawn else ("",)
    return tuple(tuple(f"{sign}{word[:LENGTH]}*" for sign in signs) for word in words)


def as_whole(words):
    return ((whole(words),),)


def in_texts(words):
    return tuple((token,) for word in words for token in wanted_parts(word))


def in_titled_texts(words):
    """Of what is found `in_texts`, that whose title has the words."""
    return tuple(
        (f"{TITLE}{word}" if begins_any_text(word) else f"{TITLE}{word}*",) for word in words
    )


def wanted_parts(word):
    runs = RUN.findall(word)
    for number, run in enumerate(runs, 1):
        if not is_unspaced(run):
            is_last = number == len(runs)
            yield f"{run}*" if is_last and not begins_any_text(run) else run
        elif len(run) == 1:
            yield f"{run}*"
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def begins_any_text(word):
    """One letter or two begin a word of every text: only the whole word is meant."""
    return len(word) < 3 and not is_unspaced(word)
