"""The policy: what is allowed, in which order rules speak, and the one decider (design § 1.4)."""
