"""Every text people see, as the pages take it; what a text is and where it stands decides `core.text`."""

from core.text import COOKIE as COOKIE
from core.text import LANGUAGES as LANGUAGES
from core.text import Text as Text
from core.text import choose_language as choose_language
from core.text import load_texts as load_texts
