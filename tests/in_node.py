"""Our ES modules run by Node, without a browser: what only works things out is tested where it is quickest."""

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from tests.present import ROOT, node

ASSETS = (ROOT / "assets").as_uri()


def modules(files: Mapping[str, str]) -> Callable[..., Any]:
    """`run(script, **values)`: what a script gives to `say`; it may call the modules of `assets/` by the names they have in `files`."""

    def run(script: str, **values: Any) -> Any:
        names = "".join(f"const {name} = {json.dumps(value)};" for name, value in values.items())
        imports = "".join(f'import * as {name} from "{ASSETS}/{file}";' for name, file in files.items() if f"{name}." in script)
        said = f"{imports} const say = (it) => process.stdout.write(JSON.stringify(it)); {names} {script}"
        command = [node(), "--no-warnings", "--input-type=module", "-e", said]
        told = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    return run
