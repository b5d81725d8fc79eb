#!/bin/sh
# build.sh <make> <cc> <source> <build> <include>: run the example's Makefile on a copy in the build folder.
set -eu
make=$1 cc=$2 source=$3 build=$4 include=$5
cp "$source/local_subsidy.c" "$source/local_subsidy.json" "$source/Makefile" "$build/"
cd "$build"
"$make" -s clean
"$make" -s CC="$cc" CPPFLAGS="-I$include" CFLAGS="-O2 -g -Wall -Wextra -Wno-unused-parameter \
-Wno-missing-field-initializers -Werror" local_subsidy.so
