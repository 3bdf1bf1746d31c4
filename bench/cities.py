"""Cities made for a measurement: a regular grid of squares and an irregular one, with what the map asks a server for. Decides nothing."""

import gzip
import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.lattice import find_lattice
from geodata.metric import Plane
from maps.cells import cell_ground

AREA = "320404"
_LON, _LAT, _SIDE_M = 119.9, 31.8, 100.0
_CLASSES = 6


@dataclass
class City:
    """`answers`: path → gzipped body; `sent`: bytes of the API's that somebody fetched; `page`: what stands at /, else the engine's own."""

    count: int
    answers: dict[str, bytes] = field(default_factory=dict)
    sent: int = 0
    page: str = ""

    @staticmethod
    def gzip(body: bytes) -> bytes:
        return gzip.compress(body, 5, mtime=0)


def regular(count: int) -> City:
    """Squares of a hundred metres in a disc-like district, ids by row."""
    return _city(*_squares(count))


def irregular(count: int) -> City:
    """The same squares, every corner and the middle of every side moved by up to a fifth of it: eight corners, shared by neighbours."""
    x, y, codes = _squares(count)
    shift = 0.2 * _SIDE_M

    def moved(at_x: NDArray[Any], at_y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        noise = np.sin(at_x * 12.9898 + at_y * 78.233) * 43758.5453
        other = np.sin(at_x * 39.346 + at_y * 11.135) * 24634.6345
        return at_x + shift * (2 * (noise % 1) - 1), at_y + shift * (2 * (other % 1) - 1)

    middle_x, middle_y = (x + np.roll(x, -1, axis=1)) / 2, (y + np.roll(y, -1, axis=1)) / 2
    return _city(*moved(*(np.stack([a, b], axis=2).reshape(len(x), -1) for a, b in ((x, middle_x), (y, middle_y)))), codes)


def _squares(count: int) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    """Corners in metres, (count, 4) each, counter-clockwise; the code of each one's community."""
    radius = math.sqrt(count / math.pi) + 2
    span = np.arange(-math.ceil(radius), math.ceil(radius) + 1)
    column, row = (part.ravel() for part in np.meshgrid(span, span))
    order = np.argsort(np.hypot(column + 0.3, row + 0.2), kind="stable")[:count]
    column, row = column[np.sort(order)], row[np.sort(order)]
    west, south = column * _SIDE_M, row * _SIDE_M
    street = 1 + (row - row.min()) * 9 // (row.max() - row.min() + 1)
    community = 1 + (column - column.min()) * 20 // (column.max() - column.min() + 1)
    codes = [f"{AREA}{s:03d}{c:03d}" for s, c in zip(street.tolist(), community.tolist(), strict=True)]
    x = np.stack([west, west + _SIDE_M, west + _SIDE_M, west], axis=1).astype(float)
    y = np.stack([south, south, south + _SIDE_M, south + _SIDE_M], axis=1).astype(float)
    return x, y, codes


def _city(x: NDArray[Any], y: NDArray[Any], codes: list[str]) -> City:
    plane = Plane(_LON, _LAT)
    lon, lat = plane.to_degrees(np.column_stack([x, x[:, :1]]), np.column_stack([y, y[:, :1]]))
    rings = np.stack([lon, lat], axis=2)
    features = [
        {"type": "Feature", "id": number + 1,
         "properties": {"code": f"{code}{number:05d}", "area": code, "street": code[:9], "duty_grid": code},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for number, (code, ring) in enumerate(zip(codes, rings.tolist(), strict=True))
    ]  # fmt: skip
    city = City(len(codes))
    for name, found in (("cells", features), ("areas", [_outline(rings)])):
        city.answers[f"/api/v1/layers/{name}"] = city.gzip(_collection(found))
    shapes = np.array(shapely.polygons(rings))
    city.answers["/api/v1/grid"] = city.gzip(json.dumps(cell_ground(range(1, len(codes) + 1), codes, find_lattice(shapes))).encode())
    city.answers["/snapshot.json"] = city.gzip(json.dumps(_snapshot(codes)).encode())
    return city


def _collection(features: list[dict[str, Any]]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def _outline(rings: NDArray[Any]) -> dict[str, Any]:
    (west, south), (east, north) = rings.min(axis=(0, 1)), rings.max(axis=(0, 1))
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    ring = [[float(lon), float(lat)] for lon, lat in corners]
    properties = {"code": AREA, "name": "", "level": "district", "schematic": True, "lon": _LON, "lat": _LAT}
    return {"type": "Feature", "id": AREA, "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _snapshot(codes: list[str]) -> dict[str, Any]:
    streets: dict[str, Any] = {}
    for number, code in enumerate(codes):
        part = streets.setdefault(code[:9], {"figures": {}, "cells": {"risk": [[], []]}})["cells"]["risk"]
        part[0].append(number + 1)
        part[1].append(number * 7 % _CLASSES)
    return {"sequence": 1, "at": "2026-11-22T00:00:00Z", "streets": streets, "trend": {"bucket_s": 900, "today": [], "yesterday": []}}
