"""Every state, proof and open item has its word."""

from server.pages.care.purse_words import FATES, ITEMS, PROOFS
from server.services.purses.purse_books import Fate, ItemKind, Proof


def test_nothing_is_without_a_word():
    assert (set(FATES), set(PROOFS), set(ITEMS)) == (set(Fate), set(Proof), set(ItemKind))
