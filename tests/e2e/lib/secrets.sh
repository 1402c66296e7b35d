# secrets.sh - does a PIN or code appear anywhere it must not?
#
# sampler_start reads every process's command line and environment, many times a second,
# with nothing but the shell's own words (a program started for it would be sampled too).
# Secrets are handed over in files and on standard input, never as arguments: also not ours.

sampler_start()
{
	sampler_file=$E2E/tmp/samples
	: >"$sampler_file"
	process_start sampler bash -c "$(declare -f sample_forever)
sample_forever \"\$1\"" sampler "$sampler_file"
}

sample_forever()
{
	local -A seen=()
	local proc file words
	exec {idle}<> <(:)
	while :; do
		for proc in /proc/[0-9]*; do
			for file in cmdline environ; do
				mapfile -d '' words 2>/dev/null <"$proc/$file" || continue
				[ "${seen[$proc/$file]:-}" != "${words[*]}" ] || continue
				seen[$proc/$file]=${words[*]}
				printf '%s/%s: %s\n' "$proc" "$file" "${words[*]}" >>"$1"
			done
		done 2>/dev/null
		read -r -t 0.02 -u "$idle"
	done
}

sampler_stop() { process_kill sampler TERM; }

# secret SECRET...: remembers what must not be found; every way to write a code counts.
secret()
{
	local s
	for s in "$@"; do
		printf '%s\n' "$s" "${s//-/}" "${s//-/ }" >>"$E2E/.secrets"
	done
	sort -u -o "$E2E/.secrets" "$E2E/.secrets"
}

# Prints where a secret lies: folders and files given, the samples among them.
secrets_in() { grep -raliFf "$E2E/.secrets" "$@" 2>/dev/null; }

# customer_pin PIN: lp will send it as job-password, without its being an argument.
customer_pin()
{
	mkdir -p "$HOME/.cups"
	printf 'Default %s job-password=%s\n' "${2:-photo}" "$1" >"$HOME/.cups/lpoptions"
}

customer_without_pin() { rm -f "$HOME/.cups/lpoptions"; }

# A PIN whose digest ipptool can be told as it is (its hexadecimal form never ends, CUPS
# 2.4.2): without zero, newline, quote, $, <, backslash. Sets $pin and $digest.
choose_pin() # ALGORITHM
{
	local hex
	for ((pin = 1000; pin < 10000; pin++)); do
		hex=$(printf %s "$pin" | openssl dgst "-$1" -binary | od -An -v -tx1 | tr -d '\n')
		grep -qE ' (00|0a|22|24|3c|5c)' <<<"$hex" || break
	done
	digest=$(printf %b "${hex// /\\x}")
}
