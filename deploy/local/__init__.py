"""Private services and the demo: everything a checkout starts, it starts from here and under `.run/`.

The application itself never imports this package: it is told where its services are by the environment.
"""
