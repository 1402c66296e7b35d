#!/bin/sh
exec "$TOP_BUILDDIR/tests/fuzz/keep_wire" "$TOP_SRCDIR/tests/fuzz/corpus/keep_wire"
