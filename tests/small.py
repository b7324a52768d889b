"""A world drawn by hand: three square countries, a few places, five links. No fault in it.

lat 50  +-------------+-------------+          France: régions 11 (west) and 84 (east),
        | 11: 75 | 93 |   84: 69    |          départements 75, 93 and 69
    40  +-------------+-------------+
       lon 0          5             10
lat 20  +------+------+------+
        |SN-DK |SN-TH | ML-1 |                 Senegal (two units) beside Mali
    10  +------+------+------+
     lon -20  -15    -10     0
"""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import Polygon, box, mapping, shape
from shapely.geometry.polygon import orient

# A link of Paris and Kyoto, to read beside the embedded data.
OWN = {
    "places": """
place_id,name,name_fr,other_names,level,country_id,admin1_id,lon,lat,coord_method
geonames:1857910,Kyoto,,,commune,country:JPN,,135.75,35.02,geonames
""",
    "links": """
link_id,a_id,b_id,kind,themes,start_year,end_year,status,origin_vector,referential,initiative,place_of_action,evidence,source_type,confidence,source_title,source_address,checked_against,note
own,commune:75056,geonames:1857910,agreement,,2001,,unknown,,,,,seen,official,normal,Own,,,
""",
}

NUMBERS = {"lon", "lat", "seat_lon", "seat_lat", "value", "weight"}
INTEGERS = {"start_year", "end_year", "year", "population", "members", "founded", "ended",
            "members_year", "since_year", "until_year", "links",
            "french_collectivities"}  # fmt: skip
BOOLEANS = {"estimate", "counted", "ldc"}
KEYS = {
    "countries": "country_id", "groups": "group_id", "regions": "region_id",
    "departements": "departement_id", "epci": "epci_id", "communes": "commune_id",
    "admin1": "admin1_id", "places": "place_id", "links": "link_id", "contested": "place_id",
    "notions": "notion", "relations": "relation",
    "definitions": "definition", "origins": "origin_id", "areas": "place_id",
    "states": "country_id", "rule": "criterion", "parameters": "name",
    "conventions": "convention", "contested_areas": "area_id", "coverage": "country_id",
    "networks": "network_id", "cases": "case_id", "kinds": "kind",
}  # fmt: skip

TABLES: dict[str, dict[str, str]] = {
    "reference": {
        "countries": """
country_id,name_fr,name_en,iso2,iso3,iso_numeric,m49_region,m49_subregion,subregion_fr,subregion_en,group,dac_recipient,ldc,drawn_in,lon,lat
country:FRA,France,France,FR,FRA,250,150,155,Europe,Europe,north,,false,,7,45
country:MLI,Mali,Mali,ML,MLI,466,002,202,Afrique,Africa,south,true,true,,-5,15
country:SEN,Sénégal,Senegal,SN,SEN,686,002,202,Afrique,Africa,south,true,true,,-15,15
""",
        "groups": """
group_id,column,value,label_fr,label_en,rule_fr,rule_en
ldc,ldc,true,Pays les moins avancés,Least developed countries,Liste,List
north,group,north,Nord,North,Revenu élevé,High income
south,group,south,Sud,South,Revenu faible,Low income
""",
        "regions": """
region_id,name,of_fr,capital_commune_id,zone,population,lon,lat
region:11,Île-de-France,de l',commune:75056,metro,4000,2.5,45
region:84,Auvergne-Rhône-Alpes,d',commune:69123,metro,1000,7,45
""",
        "departements": """
departement_id,name,of_fr,region_id,capital_commune_id,zone,population,lon,lat
departement:69,Rhône,du ,region:84,commune:69123,metro,1000,7,45
departement:75,Paris,de ,region:11,commune:75056,metro,3000,1,45
departement:93,Seine-Saint-Denis,de la ,region:11,commune:93066,metro,1000,4,45
""",
        "epci": """
epci_id,name,kind,population,members,departement_id,region_id
epci:1,Métropole du Grand Paris,METRO,4000,2,departement:75,region:11
epci:2,Plaine Commune,EPT,1000,1,departement:93,region:11
""",
        "communes": """
commune_id,name,of_fr,departement_id,epci_id,ept_id,population
commune:69123,Lyon,de ,departement:69,,,900
commune:75056,Paris,de ,departement:75,epci:1,,3000
commune:93001,L'Île-Saint-Denis,de ,departement:93,epci:1,epci:2,80
commune:93066,Saint-Denis,de ,departement:93,epci:1,epci:2,920
""",
        "admin1": """
admin1_id,country_id,name_fr,name_en,lon,lat,name_local
admin1:ML-1,country:MLI,Kayes,Kayes,-5,15,
admin1:SN-DK,country:SEN,Dakar,Dakar,-17,15,
admin1:SN-TH,country:SEN,Thiès,Thiès,-12,15,
""",
    },
    "links": {
        "places": """
place_id,name,name_fr,level,country_id,admin1_id,lon,lat
admin1:SN-TH,Thiès,,region,country:SEN,admin1:SN-TH,-12,15
commune:69123,Lyon,,commune,country:FRA,,7,45
commune:75056,Paris,,commune,country:FRA,,1,45
commune:93066,Saint-Denis,,commune,country:FRA,,4,45
departement:93,Seine-Saint-Denis,,departement,country:FRA,,4,45
geonames:1,Dakar,,commune,country:SEN,,-17,15
geonames:2,Gorée,,commune,country:SEN,,-20.1,15
place:mli-kita,Kita,,commune,country:MLI,,-5,12
""",
        "links": """
link_id,a_id,b_id,kind,themes,start_year,end_year,status,origin_vector,referential,initiative,place_of_action,evidence,confidence,source_title,source_address,note
a,commune:75056,geonames:1,twinning,water;health,1990,,active,,humanist,mutual,both,seen,normal,Page,https://a.example,
b,commune:93066,geonames:1,agreement,,2005,2010,ended,,,,,seen,normal,Page,https://b.example,
c,commune:93066,place:mli-kita,agreement,water,,,unknown,,political,a,b,seen,low,Page,https://c.example,
d,departement:93,admin1:SN-TH,agreement,water,2012,,active,,,,,seen,normal,Page,https://d.example,
e,commune:69123,geonames:2,twinning,,1998,,unknown,,,,,seen,normal,Page,https://e.example,
""",
        "codes": """
field,code,label_fr,label_en
kind,agreement,Accord,Agreement
kind,twinning,Jumelage,Twinning
referential,humanist,Humaniste,Humanist
referential,political,Politique,Political
status,active,Actif,Active
status,ended,Terminé,Ended
status,unknown,Inconnu,Unknown
theme,health,Santé,Health
theme,water,Eau,Water
""",
        "contested": """
place_id,other_country_id,reason_fr,reason_en,source_title,source_address
""",
        "coverage": """
country_id,links,french_collectivities
country:SEN,6,4
""",
    },
    "boundaries": {
        "conventions": """
convention,label_fr,label_en,statement_fr,statement_en,details_fr,details_en,layer,world_layer,undrawn
drawn,À la main,By hand,Tracé à la main.,Drawn by hand.,…,…,countries,countries_world,
un,ONU,UN,Le Nord à part.,The North separate.,…,…,countries_un,countries_un_world,
""",
        "contested_areas": """
area_id,name_fr,name_en,lon,lat
contested:north,Nord,North,-5,19
""",
        "contested_drawn": """
area_id,convention,manner,place_ids,shares,statement_fr,statement_en
contested:north,drawn,one,country:MLI,100,Dans : Mali,In: Mali
contested:north,un,own,contested:north,100,À part,Separate
""",
    },
    "notions": {
        "notions": """
notion,kinds,partner_column,partner_value,label_fr,label_en,statement_fr,statement_en
cooperation,agreement;twinning,,,Coopération,Cooperation,…,…
development,agreement;twinning,dac_recipient,true,Développement,Development,…,…
external_action,,,,Action extérieure,External action,…,…
""",
        "relations": """
relation,label_fr,label_en,rule_fr,rule_en
north_north,Nord–Nord,North–North,…,…
north_south,Nord–Sud,North–South,…,…
south_south,Sud–Sud,South–South,…,…
emerging,Émergent,Emerging,…,…
unclassified,Non classée,Unclassified,…,…
inside_europe,Dans l'Europe,Inside Europe,…,…
""",
        "orders": """
subject,indicator,case_id
cooperation,budget,S006
cooperation,collectivities,S003
""",
    },
    "diaspora": {
        "figures": """
place_id,origin_id,definition,measure,unit,year,value,bound,estimate
area:FRA-METRO,origin:all,immigrants,number,people,2021,900,exact,false
departement:69,origin:all,immigrants,number,people,2021,100,exact,false
departement:69,origin:all,population_insee,population,people,2021,1000,exact,false
departement:75,country:SEN,immigrants,number,people,2021,50,exact,false
departement:75,country:MLI,immigrants,number,people,2021,80,exact,false
departement:75,origin:all,immigrants,number,people,2021,600,exact,false
departement:75,origin:all,population_insee,population,people,2021,3000,exact,false
departement:93,country:SEN,immigrants,number,people,2021,40,lower,false
departement:93,origin:all,immigrants,number,people,2021,300,exact,false
departement:93,origin:all,population_insee,population,people,2021,1000,exact,false
region:84,origin:native,born_abroad,share,percent,2021,90,exact,false
""",
        "origins": """
origin_id,label_fr,label_en
origin:all,Tous,All
origin:native,Nés ici,Born here
""",
        "areas": """
place_id,label_fr,label_en
area:FRA-METRO,France métropolitaine,Metropolitan France
""",
        "definitions": """
definition,label_fr,label_en,statement_fr,statement_en
born_abroad,Nés à l'étranger,Born abroad,…,…
foreigners,Étrangers,Foreigners,…,…
immigrants,Immigrés,Immigrants,…,…
population_insee,Population,Population,…,…
""",
    },
    "stances": {
        "criteria": """
country_id,criterion,value,grade,source_title,source_address,date_situation
country:MLI,legal_basis,yes,A,Law,https://law.example,
country:MLI,prior_authorisation,yes,A,Law,https://law.example,
country:MLI,state_body,no,B,Page,https://page.example,
country:MLI,state_funding,no,B,Page,https://page.example,
country:MLI,state_informed,yes,B,Page,https://page.example,
country:SEN,legal_basis,yes,A,Law,https://law.example,
country:SEN,prior_authorisation,no,A,Law,https://law.example,
country:SEN,state_body,yes,B,Page,https://page.example,
country:SEN,state_funding,yes,B,Page,https://page.example,
""",
        "states": """
country_id,date_situation,source_short,note_fr,note_en
country:MLI,2020,A law,,
country:SEN,2020,A law,,
""",
        "rule": """
criterion,weight,role,counted,label_fr,label_en
associations_channel,10,support,true,Association,Association
legal_basis,10,support,true,Base légale,Legal basis
prior_authorisation,-15,limit,true,Autorisation,Authorisation
spending_abroad_limit,-15,limit,true,Dépense,Spending
state_body,10,support,true,Organe,Body
state_funding,20,support,true,Fonds,Funding
state_incapacity,0,context,false,Incapacité,Incapacity
state_informed,0,information,true,Information,Information
""",
        "parameters": """
name,value
boundary_margin,2.5
min_known,4
partial_share,0.5
start,50
supportive_threshold,75
uninformed_ceiling,20
""",
    },
    "vectors": {
        "kinds": """
kind,label_fr,label_en,family,unit,measure,visibility,open_data_source,note
city_network,Réseau de villes,City network,institutions,memberships,stock,visible,,
consulate,Consulats,Consulates,institutions,consulates,stock,visible,Wikidata,
decentralised_cooperation,Lien de coopération,Cooperation link,institutions,links,stock,visible,,
diaspora,Diaspora,Diaspora,people,people,stock,visible,,
media,Médias,Media,ideas,items,flow,visible,A media monitor,
remittances,Transferts d'argent,Remittances,economy,euros,flow,interstitial,,
students,Étudiants étrangers,Foreign students,people,students,stock,visible,,
""",
        "vectors": """
kind,place_id,counterpart_id,indicator,value,unit,measure,year,estimate,source_title,source_address,note
consulate,commune:75056,country:MLI,,1,consulates,stock,2022,false,List,https://l.example,
consulate,commune:75056,country:SEN,,1,consulates,stock,2022,false,List,https://l.example,
consulate,commune:69123,country:SEN,,1,consulates,stock,2022,false,List,https://l.example,
remittances,country:MLI,country:FRA,received_from_counterpart,30,million USD,flow,2017,true,Model,https://m.example,
remittances,country:SEN,country:FRA,received_from_counterpart,50,million USD,flow,2017,true,Model,https://m.example,
students,country:FRA,,,900,students,stock,2022,false,Count,https://c.example,
students,country:FRA,country:SEN,,300,students,stock,2022,false,Count,https://c.example,
students,country:FRA,country:MLI,,100,students,stock,2022,false,Count,https://c.example,
students,departement:75,,,400,students,stock,2022,false,Count,https://c.example,
students,departement:93,,,200,students,stock,2022,false,Count,https://c.example,
students,commune:69123,,,50,students,stock,2022,false,Count,https://c.example,
students,departement:93,,,150,students,stock,2021,false,Count,https://c.example,
students,departement:93,,,20,% of students,stock,2022,false,Count,https://c.example,
""",
        "codes": """
field,code,label_fr,label_en
indicator,received_from_counterpart,Reçu de la contrepartie,Received from the counterpart
unit,% of students,% des étudiants,% of students
unit,consulates,consulats,consulates
unit,links,liens,links
unit,million USD,millions de dollars,million USD
unit,students,étudiants,students
""",
    },
    "networks": {
        "networks": """
network_id,name_fr,name_en,acronym,founded,ended,seat_name,seat_name_fr,seat_country_id,seat_lon,seat_lat,theme,link_theme,scope,dynamic,dynamic_basis,dynamic_basis_fr,members,members_year,members_counted,french_members,source_lines,evidence,source_title,source_address,note,note_fr
desert,Villes du désert,Desert towns,DESERT,,,,,,,,food,other,unknown,unknown,no series,aucune série,,,,,,unverified,Page,,,
empty,Réseau sans membre connu,Network without known member,EMPTY,2000,,,,,,,health,health,france,shrinking,two counts,deux décomptes,30,2010,all,,,seen,Page,https://n.example,,
old,Ancien réseau,Old network,OLD,1913,2004,Paris,Paris,country:FRA,1,45,food,other,world,ended,merged,fondu,5,,part,,3-4,seen,Page,https://n.example,,
river,Villes du fleuve,River towns,RIVER,1990,,Dakar,Dakar,country:SEN,-17,15,health,health,world,growing,two counts,deux décomptes,8,2020,all,Paris;Saint-Denis,10-12,seen,Page,https://n.example,A note,Une note
""",  # noqa: E501
        "members": """
network_id,member_name,place_id,level,country_id,lon,lat,since_year,until_year,status,evidence,source_title,source_address,note
desert,Paris,commune:75056,commune,country:FRA,1,45,,,member,seen,Page,https://m.example,
desert,Seine-Saint-Denis,departement:93,province,country:FRA,4,45,,,applied,seen,Page,https://m.example,
desert,Dakar,geonames:1,commune,country:SEN,-17,15,,,associate,seen,Page,https://m.example,
desert,Rufisque,geonames:8,commune,country:SEN,-20.1,15,,,member,seen,Page,https://m.example,
desert,Ségou,geonames:9,commune,country:MLI,-5,15,1999,2005,left,seen,Page,https://m.example,
old,Lyon,commune:69123,commune,country:FRA,7,45,1990,2004,signatory,seen,Page,https://m.example,
river,Paris,commune:75056,commune,country:FRA,1,45,1990,,founding_member,seen,Page,https://m.example,
river,Saint-Denis,commune:93066,commune,country:FRA,4,45,,,member,seen,Page,https://m.example,
river,Dakar,geonames:1,commune,country:SEN,-17,15,2000,,member,seen,Page,https://m.example,
river,Ségou,geonames:9,commune,country:MLI,-5,15,,,pilot,seen,Page,https://m.example,
river,Nulle part,place:mli-nowhere,commune,country:MLI,,,2010,,member,seen,Page,https://m.example,
""",
    },
    "cases": {
        "cases": """
case_id,label_fr,label_en,kind,value,unit,place_name,place_name_en,place_level,place_id,country_id,lon,lat,vector_kind,source_lines,note,note_fr
S001,Un congrès,A congress,case,1913,year,Dakar,Dakar,commune,,country:SEN,-17,15,,1-2,A note,Une note
S002,Un budget,A budget,figure,700-1000,M€/year,France,France,country,,country:FRA,1,45,,3,,
S003,Des collectivités,Local governments,figure,5000,local authorities,France,France,country,,country:FRA,1,45,,4,,
S004,Une idée,An idea,claim,,,,,,,,,,media,5-6,,
S005,Un festival,A festival,case,,,Lyon,Lyon,commune,commune:69123,country:FRA,7,45,media,7,,
S006,Un autre budget,Another budget,figure,66.7,%,France,France,country,,country:FRA,1,45,,8,,
S007,Une région,A region,case,,,Mali,Mali,country,,country:MLI,-5,15,,9,,
""",  # noqa: E501
    },
}

SOURCE = {
    "id": "drawn", "producer": "Tests", "title": "Drawn by hand", "citation": "Drawn by hand",
    "path": "https://drawn.example", "licence": "CC0 1.0", "accessed": "2026-11-23",
    "vintage": "2026",
}  # fmt: skip

COUNTRIES = {
    "country:FRA": box(0, 40, 10, 50),
    "country:MLI": box(-10, 10, 0, 20),
    "country:SEN": box(-20, 10, -10, 20),
}
UNITED_NATIONS = {  # the north of Mali is in no State
    "contested:north": box(-10, 18, 0, 20),
    "country:FRA": COUNTRIES["country:FRA"],
    "country:MLI": box(-10, 10, 0, 18),
    "country:SEN": Polygon([(-20, 10), (-10, 10), (-10, 18), (-10, 20), (-20, 20)]),
}
LAYERS = {
    "countries": COUNTRIES,
    "countries_world": COUNTRIES,
    "countries_un": UNITED_NATIONS,
    "countries_un_world": UNITED_NATIONS,
    "regions": {"region:11": box(0, 40, 5, 50), "region:84": box(5, 40, 10, 50)},
    "departements": {
        "departement:69": box(5, 40, 10, 50),
        "departement:75": box(0, 40, 2.5, 50),
        "departement:93": box(2.5, 40, 5, 50),
    },
    "admin1": {
        "admin1:ML-1": box(-10, 10, 0, 20),
        "admin1:SN-DK": box(-20, 10, -15, 20),
        "admin1:SN-TH": box(-15, 10, -10, 20),
    },
}


def layer(shapes: dict[str, object], crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    """A boundary layer of shapes by place id, rings in the order of RFC 7946."""
    turned = [orient(s) if s.geom_type == "Polygon" else shape(mapping(s)) for s in shapes.values()]
    return gpd.GeoDataFrame({"place_id": list(shapes)}, geometry=turned, crs=crs)


def resource(name: str, text: str) -> dict[str, object]:
    """The description of a table: the types of its columns, every first column a key."""
    fields = [{"name": column, "type": _type(column)} for column in text.split()[0].split(",")]
    schema: dict[str, object] = {"fields": fields}
    if name in KEYS:
        schema["primaryKey"] = [KEYS[name]]
    if name == "links":
        end = {"resource": "places", "fields": "place_id"}
        schema["foreignKeys"] = [{"fields": f, "reference": end} for f in ("a_id", "b_id")]
        next(f for f in fields if f["name"] == "source_title")["constraints"] = {"required": True}
    return {
        "name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "schema": schema,
    }  # fmt: skip


def _type(column: str) -> str:
    known = {"number": NUMBERS - {"value"}, "integer": INTEGERS, "boolean": BOOLEANS}
    return next((kind for kind, columns in known.items() if column in columns), "string")


def write(root: Path) -> Path:
    """The small world as dataset folders below `root`."""
    for dataset, tables in TABLES.items():
        folder = root / dataset
        folder.mkdir(parents=True)
        layers = LAYERS if dataset == "boundaries" else {}
        for name, shapes in layers.items():
            layer(dict(shapes)).to_parquet(folder / f"{name}.parquet", index=False)
        texts = {name: _with_source(text) for name, text in tables.items()}
        for name, text in texts.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
        described = [{"name": name, "path": f"{name}.parquet"} for name in layers]
        described += [_valued(resource(name, text)) for name, text in texts.items()]
        _describe(folder, described)
    return root


def write_own(folder: Path) -> Path:
    """The dataset of OWN; its folder."""
    folder.mkdir(parents=True)
    for name, text in OWN.items():
        (folder / f"{name}.csv").write_text(_with_source(text), encoding="utf-8", newline="\n")
    _describe(folder, [resource(name, text) for name, text in OWN.items()])
    return folder


def _with_source(text: str) -> str:
    header, *rows = text.strip().split("\n")
    return "\n".join([f"{header},source_id", *(f"{row},drawn" for row in rows)]) + "\n"


def _valued(described: dict[str, object]) -> dict[str, object]:
    """`value` is a number in figures, parameters and vectors, a word in criteria and groups."""
    if described["name"] in ("figures", "parameters", "vectors"):
        for field in described["schema"]["fields"]:  # type: ignore[index]
            if field["name"] == "value":
                field["type"] = "number"
    return described


def _describe(folder: Path, resources: list[dict[str, object]]) -> None:
    descriptor = {
        "name": folder.name, "title": folder.name, "sources": [SOURCE], "resources": resources,
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


def points(*rows: tuple[str, str, str, float | None, float | None]) -> gpd.GeoDataFrame:
    """Points to join: place_id, country_id, unit_id, lon, lat (None where there is none)."""
    frame = pd.DataFrame(rows, columns=["place_id", "country_id", "unit_id", "lon", "lat"])
    at = gpd.points_from_xy(frame["lon"], frame["lat"])
    at = gpd.GeoSeries(at).where(frame["lon"].notna(), None)
    return gpd.GeoDataFrame(frame, geometry=at.to_numpy(), crs="EPSG:4326")


def add_kind(root: Path) -> None:
    """A kind of vector that no code knows, with one figure, added to a copy of the small world."""
    with (root / "vectors" / "kinds.csv").open("a", encoding="utf-8") as kinds:
        kinds.write(
            "seed_swap,Échange de semences,Seed swap,ideas,bags,flow,interstitial,,,drawn\n"
        )
    with (root / "vectors" / "vectors.csv").open("a", encoding="utf-8") as rows:
        rows.write(
            "seed_swap,departement:93,country:SEN,,12,bags,flow,2020,false,S,https://s.e,,drawn\n"
        )
