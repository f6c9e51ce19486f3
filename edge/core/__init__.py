"""The pure middle: what a point does, as values in and effects out."""
