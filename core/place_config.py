"""Settings of finding places by their addresses: how sure is sure enough, and a city's own geocoder. Decides nothing."""

from datetime import timedelta

from pydantic import Field, field_validator

from core.setting import Datum, Duration, Part


class GeocoderConfig(Part):
    """A city's own geocoder behind HTTP GET; asked by the jobs for reports that wait, never while one is stored.

    `url` holds `{address}` and perhaps `{city}` and `{key}`; the key comes from the environment (YIPING_GEOCODER_KEY).
    Paths lead into its JSON answer, steps between dots, numbers for lists: `geocodes.0.location`.
    """

    url: str = ""
    city: str = ""
    lon: str = "lon"
    lat: str = "lat"
    confidence: str = ""
    confidence_of: float = Field(1.0, gt=0)
    assumed: float = Field(0.7, ge=0, le=1)
    datum: Datum = "gcj02"
    timeout: Duration = timedelta(seconds=2)
    keep: Duration = timedelta(days=30)
    rest: Duration = timedelta(minutes=1)
    failures: int = Field(5, ge=1)
    a_turn: int = Field(20, ge=1, le=1000)

    @field_validator("url")
    @classmethod
    def _names_the_address(cls, url: str) -> str:
        if url and ("{address}" not in url or not url.startswith(("http://", "https://"))):
            raise ValueError("write http(s)://…?address={address}")
        return url


class PlacesConfig(Part):
    """When an address counts as a place: from `place_from` on it is placed by itself, below it waits for a person in the tray."""

    place_from: float = Field(0.6, gt=0, le=1)
    prefixes: tuple[str, ...] = ()
    component_code: str = r"\d{16}"  # what the code of a city component fully matches
    geocoder: GeocoderConfig = GeocoderConfig()
