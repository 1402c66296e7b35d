# ipp.sh - single IPP requests by ipptool, written as they are sent.
#
# ipp OPERATION URI [ATTR-line...]    one request; answer in $ipp_said, status in $ipp_status
# A line is as in an ipptoolfile: 'ATTR keyword media iso_a4_210x297mm', 'GROUP job-attributes-tag',
# 'FILE path'. The request lies in a file, so that what is secret in it is no argument.
# ipp_value NAME     of the last answer, the first one
# Set before, if wanted: ipp_user (default customer), ipp_language (default en),
# ipp_answers (a file in which all answers are gathered)

ipp()
{
	local operation=$1 uri=$2 line target=printer-uri
	shift 2
	case $uri in */jobs/*) target=job-uri ;; esac
	{
		echo "{ NAME \"$operation\""
		echo "OPERATION $operation"
		echo "GROUP operation-attributes-tag"
		echo "ATTR charset attributes-charset utf-8"
		echo "ATTR naturalLanguage attributes-natural-language ${ipp_language:-en}"
		echo "ATTR uri $target \"$uri\""
		echo "ATTR name requesting-user-name \"${ipp_user:-customer}\""
		for line in "$@"; do echo "$line"; done
		echo "}"
	} >"$E2E/tmp/request.test"
	ipp_said=$(timeout "${ipp_patience:-40}" ipptool -tv "$uri" "$E2E/tmp/request.test" 2>&1 |
		sed '1,/RECEIVED/d')
	[ -z "${ipp_answers:-}" ] || printf '%s\n' "$ipp_said" >>"$ipp_answers"
	ipp_status=$(sed -n 's/^ *status-code = \([^ ]*\).*/\1/p' <<<"$ipp_said" | head -1)
	[ "${ipp_status%%-*}" = successful ]
}

ipp_value() { sed -n "s/^ *$1 ([^)]*) = //p" <<<"$ipp_said" | head -1; }
