# Turns a manifest into the lines of a C string literal, so that <name>.json is the only source of both the
# file beside the shared object and the manifest inside it.
s/\\/\\\\/g
s/"/\\"/g
s/^/"/
s/$/\\n"/
