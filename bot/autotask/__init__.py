"""The Autotask REST client: a pure protocol core and one thin HTTP transport.

``query`` builds filters, ``entities`` are the records, ``client`` has the verbs, ``pool`` hands out clients.
Only ``client`` imports an HTTP library.
"""
