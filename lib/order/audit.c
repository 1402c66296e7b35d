#include <string.h>

#include "lib/base/pack.h"
#include "lib/order/audit.h"

static const char *const names[AUDIT_EVENT_END] = {
#define NAME(name, number, word) [number] = word,
	AUDIT_EVENTS(NAME)};

const char *
audit_event_name(unsigned event)
{
	return event < AUDIT_EVENT_END && names[event] != NULL ? names[event]
							       : "unknown";
}

enum audit_event
audit_event_from_name(const char *name)
{
	for (unsigned event = 1; event < AUDIT_EVENT_END; event++)
		if (strcmp(names[event], name) == 0)
			return (enum audit_event)event;
	return (enum audit_event)0;
}

int
audit_encode(const struct audit_entry *e, struct buf *out, struct error *err)
{
	if (pack_u8(out, AUDIT_VERSION, err) != 0 ||
	    pack_u64(out, (uint64_t)e->time, err) != 0 ||
	    pack_u8(out, e->event, err) != 0 || pack_u32(out, e->number, err) != 0 ||
	    pack_fixed(out, e->uuid, UUID_BYTES, err) != 0 ||
	    pack_u32(out, e->count, err) != 0 ||
	    pack_string(out, e->printer, err) != 0 || pack_string(out, e->by, err) != 0)
		return -1;
	return pack_string(out, e->detail, err);
}

int
audit_decode(struct audit_entry *e, const void *data, size_t len, struct error *err)
{
	struct pack_reader r;
	unsigned version;

	memset(e, 0, sizeof(*e));
	pack_read(&r, data, len);
	version = pack_get_u8(&r);
	e->time = (int64_t)pack_get_u64(&r);
	e->event = pack_get_u8(&r);
	e->number = pack_get_u32(&r);
	pack_get_fixed(&r, e->uuid, UUID_BYTES);
	e->count = pack_get_u32(&r);
	pack_get_string(&r, e->printer, sizeof(e->printer));
	pack_get_string(&r, e->by, sizeof(e->by));
	pack_get_string(&r, e->detail, sizeof(e->detail));
	if (pack_end(&r, err) == 0 && version == AUDIT_VERSION)
		return 0;
	memset(e, 0, sizeof(*e));
	return error_set(err, ERROR_CORRUPT,
			 "an entry of the audit is damaged, or a later program's");
}
