"""The pure middle: sync machine, policy and revocation intake, refusal notes. Values in, effects out."""
