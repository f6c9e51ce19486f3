"""Who may go where and when: rules, areas, what a change does, and past taps judged again."""
