#!/usr/bin/env bash
# Real answers of OAI-PMH, held against what Python's ElementTree reads in the same files, record by
# record and field by field. Skipped without the data.
set -u
cd "$(dirname "$0")/../.." || exit 70
reader=$(cd "${DIGEST_BUILD:-build}" && pwd)/tests/listing_json
data=${DIGEST_TEST_DATA:-../shared/data}

if [ ! -d "$data/oai_pmh" ] || ! command -v python3 >/dev/null; then
    echo '1..1'
    echo 'ok 1 - answers of OAI-PMH # SKIP no data, or no python3'
    exit 0
fi
exec python3 tests/golden/captures_oai.py "$reader" "$data"/oai_pmh/*.xml
