"""The boxes: claimed, admitted, ordered, watched; and what the broker must know of them."""
