#!/bin/sh
exec "$TOP_BUILDDIR/tests/fuzz/platetar" "$TOP_SRCDIR/tests/fuzz/corpus/platetar"
