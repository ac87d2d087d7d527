"""Every address has a name, and no name stands for two rooms."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, before + str(entry.pattern))
        else:
            yield before + str(entry.pattern), entry


def test_every_address_has_a_named_view():
    assert [address for address, entry in patterns(get_resolver()) if not entry.name] == []


def test_no_name_stands_for_two_views():
    views: dict[str, set[str]] = {}
    for _, entry in patterns(get_resolver()):
        views.setdefault(str(entry.name), set()).add(entry.lookup_str)

    assert {name: found for name, found in views.items() if len(found) > 1} == {}
