#!/bin/bash
# What a printer lists is had: each operation answers, each value of each xxx-supported that a
# job can ask for is taken, its default is one of them, and what is not listed is refused. The
# lists are read from the printer, so that whatever is added there is tried here.
. "$(dirname "$0")/lib.sh"

printer_uri() { echo "ipp://$SPOOLD/ipp/print/$printer"; }

# All that a printer says of itself: NAME, tab, type, tab, values, a line each.
describe()
{
	ipp Get-Printer-Attributes "$(printer_uri)" "ATTR keyword requested-attributes all,media-col-database"
	sed -n 's/^ *\([a-z0-9-]*\) (\(1setOf \)\{0,1\}\([A-Za-z]*\)) = /\1\t\3\t/p' <<<"$ipp_said" >"$E2E/tmp/said"
}
values_of() { awk -F '\t' -v n="$1" '$1 == n { print $3 }' "$E2E/tmp/said"; }
type_of() { awk -F '\t' -v n="$1" '$1 == n { print $2 }' "$E2E/tmp/said"; }

# --- operations

# The least that an operation wants besides a target.
request_of() # OPERATION: lines
{
	case $1 in
	Print-Job) echo "FILE $jpg" ;;
	Send-Document) printf '%s\n' "ATTR boolean last-document true" "FILE $jpg" ;;
	Get-Document-Attributes | Cancel-Document) echo "ATTR integer document-number 1" ;;
	Set-Document-Attributes) printf '%s\n' "ATTR integer document-number 1" \
		"GROUP document-attributes-tag" "ATTR name document-name anew" ;;
	Set-Job-Attributes) printf '%s\n' "GROUP job-attributes-tag" "ATTR keyword job-hold-until indefinite" ;;
	Create-Printer-Subscriptions | Create-Job-Subscriptions)
		printf '%s\n' "GROUP subscription-attributes-tag" "ATTR keyword notify-pull-method ippget" ;;
	Get-Subscription-Attributes | Renew-Subscription | Cancel-Subscription)
		echo "ATTR integer notify-subscription-id $subscription" ;;
	Resubmit-Job | Reprocess-Job) echo "$pin" ;;
	Get-Notifications) echo "ATTR integer notify-subscription-ids $subscription" ;;
	esac
}

# What the operation is tried on: an order that is as it wants it.
target_of() # OPERATION: URI
{
	case $1 in
	Send-Document | Close-Job | Cancel-Document | Set-Document-Attributes) open_order "$1" && echo "ipp://$SPOOLD/jobs/$order" ;;
	Cancel-Job | Hold-Job | Resume-Job | Get-Job-Attributes | Set-Job-Attributes | Get-Documents | \
		Get-Document-Attributes | Create-Job-Subscriptions)
		whole_order && echo "ipp://$SPOOLD/jobs/$order" ;;
	Release-Job)
		whole_order && ipp Hold-Job "ipp://$SPOOLD/jobs/$order" && echo "ipp://$SPOOLD/jobs/$order" ;;
	Resubmit-Job | Reprocess-Job | Restart-Job)
		ipp Print-Job "$(printer_uri)" "$pin" "$(storage owner store-only)" "FILE $jpg" &&
			echo "ipp://$SPOOLD/jobs/$(ipp_value job-id)" ;;
	CUPS-Get-*) echo "ipp://$SPOOLD/" ;;
	*) printer_uri ;;
	esac
}
storage() # ACCESS DISPOSITION
{
	echo "ATTR collection job-storage { MEMBER keyword job-storage-access $1" \
		"MEMBER keyword job-storage-disposition $2 }"
}
whole_order()
{
	ipp Print-Job "$(printer_uri)" "$pin" "FILE $jpg" &&
		order=$(ipp_value job-id)
}
open_order()
{
	ipp Create-Job "$(printer_uri)" "$pin" &&
		order=$(ipp_value job-id)
	[ "$1" = Send-Document ] || ipp Send-Document "ipp://$SPOOLD/jobs/$order" \
		"ATTR boolean last-document false" "FILE $jpg"
}

# ipptool shows operations by number; its own names take them back.
operation_named()
{
	case $1 in
	2) echo Print-Job ;; 4) echo Validate-Job ;; 5) echo Create-Job ;; 6) echo Send-Document ;;
	8) echo Cancel-Job ;; 9) echo Get-Job-Attributes ;; 10) echo Get-Jobs ;;
	11) echo Get-Printer-Attributes ;; 12) echo Hold-Job ;; 13) echo Release-Job ;;
	14) echo Restart-Job ;; 18) echo Purge-Jobs ;;
	16) echo Pause-Printer ;; 17) echo Resume-Printer ;; 19) echo Set-Printer-Attributes ;;
	20) echo Set-Job-Attributes ;; 21) echo Get-Printer-Supported-Values ;; 22) echo Create-Printer-Subscriptions ;;
	23) echo Create-Job-Subscriptions ;; 24) echo Get-Subscription-Attributes ;;
	25) echo Get-Subscriptions ;; 26) echo Renew-Subscription ;; 27) echo Cancel-Subscription ;;
	28) echo Get-Notifications ;; 34) echo Enable-Printer ;; 35) echo Disable-Printer ;;
	36) echo Pause-Printer-After-Current-Job ;; 37) echo Hold-New-Jobs ;;
	38) echo Release-Held-New-Jobs ;; 41) echo Restart-Printer ;; 42) echo Shutdown-Printer ;;
	43) echo Startup-Printer ;; 44) echo Reprocess-Job ;; 46) echo Suspend-Current-Job ;; 47) echo Resume-Job ;; 45) echo Cancel-Current-Job ;; 52) echo Get-Document-Attributes ;; 53) echo Get-Documents ;;
	51) echo Cancel-Document ;; 55) echo Set-Document-Attributes ;; 56) echo Cancel-Jobs ;; 57) echo Cancel-My-Jobs ;; 58) echo Resubmit-Job ;; 59) echo Close-Job ;;
	60) echo Identify-Printer ;; 16385) echo CUPS-Get-Default ;; 16386) echo CUPS-Get-Printers ;;
	16389) echo CUPS-Get-Classes ;; 16392) echo CUPS-Accept-Jobs ;; 16393) echo CUPS-Reject-Jobs ;;
	[A-Z]*) echo "$1" ;;
	*) echo "0x$(printf %04x "$1")" ;;
	esac
}

is_operators()
{
	case $1 in
	Cancel-Jobs | Purge-Jobs | Pause-Printer* | Resume-Printer | *able-Printer | Set-Printer-Attributes | \
		*Hold-New-Jobs | Release-Held-New-Jobs | Cancel-Current-Job | CUPS-*-Jobs | \
		Restart-Printer | Shutdown-Printer | Startup-Printer | Suspend-Current-Job | Resume-Job) ;;
	*) return 1 ;;
	esac
}

try_operation()
{
	local lines=() line target want=successful-ok
	# only operators may; the answer says so (what they get is operators.sh)
	! is_operators "$1" || want=client-error-not-authorized
	while read -r line; do lines+=("$line"); done < <(request_of "$1")
	target=$(target_of "$1") || { fail "$1 has something to be tried on" "$ipp_said"; return; }
	ipp "$1" "$target" "${lines[@]}"
	is "$1 is had" "$ipp_status" "$want"
}

operations()
{
	local number
	ipp Create-Printer-Subscriptions "$(printer_uri)" "GROUP subscription-attributes-tag" \
		"ATTR keyword notify-pull-method ippget"
	subscription=$(ipp_value notify-subscription-id)
	for number in $(values_of operations-supported | tr , ' '); do
		# last: what it cancels others want
		[ "$number" != 27 ] && [ "$number" != Cancel-Subscription ] || continue
		try_operation "$(operation_named "$number")"
	done
	try_operation Cancel-Subscription
	ipp 0x4fff "$(printer_uri)"
	is "an operation that is not listed is not had" "$ipp_status" server-error-operation-not-supported
}

# --- values

# Attributes that are no job's, or whose values are not names of what to ask for.
is_of_a_job()
{
	case $1 in
	charset | claimcheck-crop | compression | document-format | generated-natural-language | identify-actions | \
		ipp-features | ipp-versions | pdf-k-octets | job-creation-attributes | job-ids | \
		job-settable-attributes | media-col | multiple-document-jobs | notify-* | operations | \
		overrides | pdf-* | pdl-override | preferred-attributes | \
		printer-get-attributes | printer-uri | pwg-raster-* | uri-* | urf | which-jobs | color | \
		media-*-margin | media-size | media-source | media-type | finishing-template | \
		finishings-col | job-password* | job-impressions | job-k-octets | job-media-sheets | \
		page-ranges | job-privacy-* | printer-settable-attributes | jpeg-* | \
		job-storage | document-creation-attributes | job-pages-per-set | *-accuracy)
		return 1 ;;
	esac
}

line_of() # NAME TYPE VALUE
{
	case $1 in
	job-release-action) echo "ATTR keyword $1 $3" ;;
	job-storage-access) storage "$3" none ;;
	job-storage-disposition) storage owner "$3" ;;
	*) printf '%s\n' "GROUP job-attributes-tag" "ATTR $2 $1 $3" ;;
	esac
}

accepts() # NAME TYPE VALUE
{
	local lines=() line
	while read -r line; do lines+=("$line"); done < <(line_of "$@")
	ipp Validate-Job "$(printer_uri)" "ATTR boolean ipp-attribute-fidelity true" "${lines[@]}"
}

ends_of() # rangeOfInteger or integer: its ends
{
	case $2 in
	rangeOfInteger) echo "${1%-*}"; echo "${1#*-}" ;;
	*) tr , '\n' <<<"$1" ;;
	esac
}

# Enums as ipptool names them, by their numbers (RFC 8011 5.2).
number_of()
{
	case $1:$2 in
	orientation-requested:portrait) echo 3 ;; orientation-requested:landscape) echo 4 ;;
	orientation-requested:reverse-landscape) echo 5 ;; orientation-requested:reverse-portrait) echo 6 ;;
	orientation-requested:none) echo 7 ;; print-quality:draft) echo 3 ;;
	print-quality:normal) echo 4 ;; print-quality:high) echo 5 ;; finishings:none) echo 3 ;;
	finishings:trim) echo 11 ;; *) echo "$2" ;;
	esac
}

unlisted_of() # TYPE VALUES: a value that is not listed
{
	case $1 in
	keyword | nameWithoutLanguage) echo no-such-value ;;
	enum) echo 4711 ;;
	resolution) echo 77dpi ;;
	*) echo 2147483647 ;;
	esac
}

values()
{
	local name type list value tag bad wrong
	while IFS=$'\t' read -r name type list; do
		name=${name%-supported}
		is_of_a_job "$name" || continue
		tag=${type/rangeOfInteger/integer}
		[ "$type" != boolean ] || { name_only "$name"; continue; }
		bad=
		while read -r value; do
			case $value in custom_m*) continue ;; esac
			[ "$tag" != enum ] || value=$(number_of "$name" "$value")
			accepts "$name" "$tag" "$value" || bad+="$value: $ipp_status "
		done < <(ends_of "$list" "$type")
		is "$name: all that is listed is taken" "$bad" ""
		wrong=$(unlisted_of "$type")
		[ "$type" = rangeOfInteger ] && [ "${list#*-}" = 2147483647 ] && continue
		accepts "$name" "$tag" "$wrong"
		is "$name: what is not listed is refused" "$ipp_status" \
			client-error-attributes-or-values-not-supported
		like "and told" "$ipp_said" "unsupported-attributes|$name |job-storage "
	done < <(grep -P '^[a-z0-9-]+-supported\t' "$E2E/tmp/said")
}

# A boolean says that the attribute may be sent, whatever its value.
name_only()
{
	[ "$(values_of "$1-supported")" = true ] || return
	accepts "$1" name "x" || accepts "$1" text "x"
	is "$1 may be sent" "$ipp_status" successful-ok
}

# A default is one of what is supported.
defaults()
{
	local name value type odd=
	while IFS=$'\t' read -r name type value; do
		name=${name%-default}
		case $type in collection) continue ;; esac
		[ "$value" != no-value ] || continue
		list=$(values_of "$name-supported")
		case $(type_of "$name-supported") in
		rangeOfInteger) [ "$value" -ge "${list%-*}" ] && [ "$value" -le "${list#*-}" ] || odd+="$name " ;;
		integer) [ "$value" -le "${list##*,}" ] || odd+="$name " ;;
		boolean) ;;
		*) [[ ",$list," == *",$value,"* ]] || odd+="$name=$value " ;;
		esac
	done < <(grep -P '^[a-z0-9-]+-default\t' "$E2E/tmp/said")
	is "every default is supported" "$odd" ""
}

# Each attribute that can be sent with a job has its -supported, and most a -default.
creation()
{
	local name missing=
	for name in $(values_of job-creation-attributes-supported | tr , ' '); do
		case $name in
		ipp-attribute-fidelity | job-name | job-password | document-*) continue ;;
		esac
		[ -n "$(type_of "$name-supported")" ] || missing+="$name "
	done
	is "what a job may be sent with has its list" "$missing" ""
}

formats()
{
	local format bad=
	for format in $(values_of document-format-supported | tr , ' '); do
		ipp Validate-Job "$(printer_uri)" "ATTR mimeMediaType document-format $format" || bad+="$format "
	done
	is "every document format is taken" "$bad" ""
	ipp Validate-Job "$(printer_uri)" "ATTR mimeMediaType document-format application/no-such"
	is "none that is not listed" "$ipp_status" client-error-document-format-not-supported
	for format in $(values_of compression-supported | tr , ' '); do
		ipp Validate-Job "$(printer_uri)" "ATTR keyword compression $format" || bad+="$format "
	done
	is "every compression" "$bad" ""
	for format in $(values_of which-jobs-supported | tr , ' '); do
		ipp Get-Jobs "$(printer_uri)" "ATTR keyword which-jobs $format" || bad+="$format "
	done
	is "every which-jobs" "$bad" ""
	ipp Get-Jobs "$(printer_uri)" "ATTR keyword which-jobs no-such"
	is "and no other" "$ipp_status" client-error-attributes-or-values-not-supported
	for format in $(values_of identify-actions-supported | tr , ' '); do
		ipp Identify-Printer "$(printer_uri)" "ATTR keyword identify-actions $format" || bad+="$format "
	done
	is "every way to identify a printer" "$bad" ""
}

# Each member of overrides is taken, with a value that the printer has, and no other is.
overrides()
{
	local member value bad=
	for member in $(values_of overrides-supported | tr , ' '); do
		case $member in
		pages | document-number*) value="rangeOfInteger $member 2-3" ;;
		media-col) value="collection media-col { MEMBER collection media-size { MEMBER integer x-dimension 10000 MEMBER integer y-dimension 15000 } }" ;;
		claimcheck-crop) value="integer $member 0,0,5000,5000" ;;
		*)
			value=$(values_of "$member-supported" | cut -d, -f 1)
			[ "$(type_of "$member-supported")" != enum ] || value=$(number_of "$member" "$value")
			value="$(type_of "$member-supported") $member $value"
			;;
		esac
		accepts overrides collection "{ MEMBER $value }" || bad+="$value: $ipp_status "
	done
	is "overrides: every member is taken" "$bad" ""
	accepts overrides collection "{ MEMBER rangeOfInteger pages 1-1 MEMBER keyword sides one-sided }"
	is "overrides: no other is" "$ipp_status" client-error-attributes-or-values-not-supported
}

# job-ids: only these, and of a list to be cancelled all or none (PWG 5100.7).
numbers()
{
	local one two
	whole_order && one=$order && whole_order && two=$order
	ipp Get-Jobs "$(printer_uri)" "ATTR integer job-ids $two,$one" "ATTR keyword requested-attributes job-id"
	is "job-ids are listed, and no others" \
		"$(sed -n 's/^ *job-id ([^)]*) = //p' <<<"$ipp_said" | tr '\n' ' ')" "$one $two "
	ipp Cancel-My-Jobs "$(printer_uri)" "ATTR integer job-ids $one,2000000000"
	is "one that is not there" "$ipp_status" client-error-not-found
	is "is told" "$(ipp_value job-ids)" 2000000000
	is "and none is cancelled" "$(order_state "$one")" pending-held
	ipp_user=stranger ipp Cancel-My-Jobs "$(printer_uri)" "ATTR integer job-ids $one"
	is "nor somebody else's" "$ipp_status" client-error-not-authorized
	ok "one's own are" ipp Cancel-My-Jobs "$(printer_uri)" "ATTR integer job-ids $one"
	is "this one" "$(order_state "$one")" canceled
	is "and not the other" "$(order_state "$two")" pending-held
	ipp Cancel-My-Jobs "$(printer_uri)" "ATTR integer job-ids $one"
	is "one that is over can't be" "$ipp_status" client-error-not-possible
}

passwords()
{
	local name bytes bad=
	for name in $(values_of job-password-encryption-supported | tr , ' '); do
		case $name in
		none) bytes=4 ;; *-224 | *_224) bytes=28 ;; *512_256 | *-256) bytes=32 ;;
		*-384) bytes=48 ;; *) bytes=64 ;;
		esac
		ipp Validate-Job "$(printer_uri)" "ATTR keyword job-password-encryption $name" \
			"ATTR octetString job-password \"$(head -c $bytes <<<"$long")\"" || bad+="$name "
		[ "$name" = none ] || ! ipp Validate-Job "$(printer_uri)" "ATTR keyword job-password-encryption $name" \
			"ATTR octetString job-password \"$(head -c $((bytes - 1)) <<<"$long")\"" || bad+="$name-1 "
	done
	is "every job-password-encryption, by its length" "$bad" ""
}

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true max-orders-per-user = 0'
pin='ATTR octetString job-password "Sesam-4711"'
long=$(printf '%064d' 0 | tr 0 7)
ipp_answers=$E2E/tmp/answers
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)
for printer in photo plate; do
	describe
	like "$printer tells much of itself" "$(wc -l <"$E2E/tmp/said")" '^[0-9]{3,}$'
	operations
	values
	defaults
	creation
	formats
	overrides
	passwords
	numbers
done

# Nothing of all that was answered has a password in it, as it came or as a digest.
secrets=(Sesam-4711 7777777777777777)
for digest in sha224 sha256 sha384 sha512 sha3-256; do
	secrets+=("$(printf Sesam-4711 | openssl dgst -$digest | sed 's/.* //')")
done
like "many answers were read" "$(wc -l <"$ipp_answers")" '^[0-9]{4,}$'
is "no answer tells a password" "$(printf '%s\n' "${secrets[@]}" | grep -ciFf - "$ipp_answers")" 0
is "nor does the log" "$(printf '%s\n' "${secrets[@]}" | grep -ciFf - "$E2E/log/spoold.out")" 0
e2e_end
