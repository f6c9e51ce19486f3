"""The demo community: Shanxian, 40 invented residents, one day, every program its own process."""
