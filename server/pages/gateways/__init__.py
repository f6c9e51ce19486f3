"""Gateways: what each holds and lacks; who joins."""
