"""Statistics: each answer belongs to a question that somebody asks."""
