"""The console's pages: Jinja2 + htmx + Tabler, live by server-sent events. Entry: `site.build_site`."""
