#!/bin/sh
# Replays what front's parsers were ever fuzzed with: one TAP stream.
for target in bounds front_wire http ipp sniff wire; do
	"$TOP_BUILDDIR/tests/fuzz/$target" "$TOP_SRCDIR/tests/fuzz/corpus/$target" || echo "Bail out! $target"
done | awk '/^1\.\./ { next }
	/^(not )?ok/ { n++; sub(/ok [0-9]+/, "ok " n) }
	{ print }
	END { print "1.." n + 0 }'
