"""What the columns of a table of links are, by the words that their names are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from geo.places import fold

# Each word that a column's name may hold, by the side of the link it tells of.
SIDES: Mapping[str, tuple[str, ...]] = {
    "a": ("origin", "origine", "source", "from", "depart", "territoire", "francais", "francaise",
          "french", "fr", "locale", "local", "a"),
    "b": ("dest", "destination", "target", "to", "sister", "twin", "partner", "partenaire",
          "partners", "partenaires", "etranger", "etrangere", "foreign", "jumelle", "jumelee",
          "cible", "b", "jumeau", "homologue"),
}  # fmt: skip
# Each word by what it says of an end; the first that matches a name counts.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "lat": ("lat", "latitude"),
    "lon": ("lon", "long", "lng", "longitude"),
    "country": ("country", "pays", "countries", "nation", "iso3", "iso2"),
    "departement": ("departement", "dept", "dep"),
    "region": ("region",),
    "level": ("level", "niveau", "nature", "categorie"),
    "code": ("code", "insee", "siren", "cog", "geonames", "id", "identifiant", "qid", "wikidata"),
    "name": ("name", "nom", "label", "libelle", "city", "ville", "commune", "collectivite",
             "collectivites", "municipality", "town", "intitule", "territoire", "partenaire",
             "partenaires", "partner", "partners", "jumelle", "jumelee"),
}  # fmt: skip
# Words of columns that tell of the link itself.
LINK: Mapping[str, tuple[str, ...]] = {
    "start_year": ("debut", "start", "since", "depuis", "signature", "creation", "begin", "annee",
                   "date", "year"),
    "end_year": ("fin", "end", "until", "echeance", "termine"),
    "kind": ("type", "kind", "cadre"),
    "themes": ("theme", "themes", "thematique", "thematiques", "domaine", "domaines", "sector",
               "secteur", "secteurs", "sectors"),
    "status": ("statut", "status", "etat", "situation"),
    "source_title": ("source", "reference"),
    "source_address": ("url", "lien", "link", "site", "web", "adresse", "http"),
    "note": ("note", "notes", "observation", "observations", "commentaire", "commentaires",
             "description", "objet", "remarque", "comment", "comments"),
}  # fmt: skip
# Columns that officials' names, mails or telephones stand in: dropped, and the report says so.
PERSONAL = ("mail", "email", "courriel", "telephone", "tel", "phone", "mobile", "portable", "fax",
            "elu", "elue", "maire", "mayor", "contact", "contacts", "prenom", "firstname",
            "referent", "responsable", "interlocuteur", "interlocutrice", "president",
            "presidente", "official", "signataire")  # fmt: skip
# Words that tell of what is neither an end nor the link.
ASIDE = ("population", "pop", "dist", "distance", "degree", "rank")
MAIL = re.compile(r"[^@\s]+@(?:[a-z0-9-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
PHONE = re.compile(r"(?:\+\d{1,3}|0)[\s.]?\d(?:[\s.-]?\d{2}){4}")
GLUED = (*SIDES["b"], *SIDES["a"], *FIELDS["lat"], *FIELDS["lon"], *FIELDS["country"],
         *FIELDS["name"], *ASIDE)  # fmt: skip


def words_of(column: str) -> list[str]:
    """The words of a column's name, accents and case aside: «originCityLabel» is origin, city,
    label; «originlat» is origin, lat."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column)
    bare = re.sub(r"[^a-z0-9]+", " ", fold(spaced)).split()
    return [part for word in bare for part in _unglued(word)]


def _unglued(word: str) -> list[str]:
    """A word that is two or more known ones written without a space, as these."""
    if word in GLUED or len(word) < 6:
        return [word]
    for first in sorted({w for w in GLUED if len(w) > 2 and word.startswith(w)}, key=len)[::-1]:
        rest = _unglued(word[len(first) :])
        if all(part in GLUED for part in rest):
            return [first, *rest]
    return [word]


def personal(columns: Mapping[str, Iterable[str]]) -> list[str]:
    """The columns that name a person or how to reach one, by their name or by what they hold;
    `columns` are samples of their cells."""
    found = []
    for column, cells in columns.items():
        held = [cell for cell in cells if cell]
        reached = sum(bool(MAIL.search(c) or PHONE.fullmatch(c.strip())) for c in held)
        if set(words_of(column)) & set(PERSONAL) or reached * 2 > len(held) > 0:
            found.append(column)
    return found


def proposed_link(columns: Iterable[str]) -> dict[str, str]:
    """The column of each role of a link, as far as names tell; a role is `a_name`, `b_country`,
    `start_year` and the like, and has one column at most."""
    named = {column: words_of(column) for column in columns}
    roles: dict[str, str] = {}
    taken: set[str] = set()
    for role, column in _by_side(named):
        if role not in roles and column not in taken:
            roles[role] = column
            taken.add(column)
    rest = {column: words for column, words in named.items() if column not in taken}
    for (role, known), (column, words) in product(LINK.items(), rest.items()):
        if role not in roles and column not in taken and set(words) & set(known):
            roles[role] = column
            taken.add(column)
    return _completed(roles, {c: w for c, w in named.items() if c not in taken})


def _by_side(named: Mapping[str, list[str]]) -> Iterable[tuple[str, str]]:
    """Roles of ends whose side a name states, the surest first."""
    for field, known in FIELDS.items():
        for side, column in product(SIDES, named):
            words = set(named[column])
            if words & set(ASIDE) or not words & set(SIDES[side]) or not words & set(known):
                continue
            other = SIDES["b" if side == "a" else "a"]
            if not words & set(other) or side == "b":
                yield f"{side}_{field}", column


def _completed(roles: dict[str, str], rest: Mapping[str, list[str]]) -> dict[str, str]:
    """The same with columns that state no side: in a table of French local governments a country
    is the partner's, and a collectivity, a département or a région is the French end's."""
    sides = {"country": "b", "departement": "a", "region": "a", "level": "a", "code": "a",
             "name": "a", "lat": "b", "lon": "b"}  # fmt: skip
    for (field, known), (column, words) in product(FIELDS.items(), rest.items()):
        role = f"{sides[field]}_{field}"
        told = set(words) & set(known) and not set(words) & set(ASIDE)
        if told and role not in roles and column not in roles.values():
            roles[role] = column
    return roles


def first_named(
    columns: Iterable[str], known: Mapping[str, Sequence[tuple[str, ...]]]
) -> dict[str, str]:
    """The column of each role, by the words that its name must hold: the first set of words that
    a column holds counts, and a column has one role at most."""
    named = {column: set(words_of(column)) for column in columns}
    roles: dict[str, str] = {}
    for role, sets in known.items():
        for wanted, column in product(sets, named):
            if role not in roles and column not in roles.values() and named[column] >= {*wanted}:
                roles[role] = column
    return roles
