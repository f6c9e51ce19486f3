"""Notices to points' screens and to residents: one subject, one small file a way (screens, mail; the webhook's is
services.webhooks.cloud_event, the paper's a page)."""
