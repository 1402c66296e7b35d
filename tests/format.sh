#!/bin/bash
# Every C file is as .clang-format has it (clang-format 14: others differ in small things).
set -u
cd "${TOP_SRCDIR:?}" || exit 99
case $(clang-format --version 2>/dev/null) in
*"version 14."*) ;;
*) echo "1..0 # SKIP no clang-format 14 here"; exit 0 ;;
esac

count=0
status=0
fact() {
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		status=1
	fi
}

printf 'int main(void) { return 0 ; }\n' | clang-format --dry-run -Werror \
	--assume-filename=x.c >/dev/null 2>&1
fact "a badly laid out file is found" $((! $?))
for file in $(find lib filters backend tools spoold tests -name '*.[ch]' | sort); do
	clang-format --dry-run -Werror "$file" 2>/dev/null
	fact "$file" $?
done
echo "1..$count"
exit $status
