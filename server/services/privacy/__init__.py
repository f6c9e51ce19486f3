"""What the law on personal data asks: purposes, time limits, requests, assessments (PIPL)."""
