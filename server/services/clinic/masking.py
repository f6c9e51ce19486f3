"""A name as others may read it in a waiting room: enough to know one's own. Pure."""

STAR = "*"


def masked(name: str) -> str:
    """王小英 -> 王*英, 王英 -> 王*, John Smith -> J*** S****. Nothing of a name of one sign but the star."""
    words = name.split()
    if len(words) > 1 or name.isascii():
        return " ".join(word[0] + STAR * (len(word) - 1) if len(word) > 1 else STAR for word in words)
    text = "".join(words)
    if len(text) < 2:
        return STAR * len(text)
    if len(text) == 2:
        return text[0] + STAR
    return text[0] + STAR * (len(text) - 2) + text[-1]
