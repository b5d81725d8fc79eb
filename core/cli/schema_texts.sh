#!/bin/sh
# Writes the schemas as C strings.
#   schema_texts.sh FILE.schema.json...
set -eu
echo '#include "cli/schema.h"'
echo 'const struct schema_text schema_texts[] = {'
for f in "$@"; do
	echo "	{\"$(basename "$f" .schema.json)\","
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/	 "/' -e 's/$/\\n"/' "$f"
	echo '	},'
done
echo '};'
echo 'const size_t schema_texts_len = sizeof schema_texts / sizeof schema_texts[0];'
