/*
 * wire-table.c - prints the table of messages as claimcheck-wire(7) has it, from the
 * rows of messages.h; wire-manual.sh compares.
 */
#include <stdio.h>
#include <string.h>

#include "lib/wire/wire.h"

#define COLUMNS 78
#define INDENT	18

static int column;

static void
word(const char *text)
{
	int len = (int)strlen(text);

	if (column + 1 + len > COLUMNS)
		column = printf("\n%*s", INDENT - 1, "") - 1;
	column += printf(" %s", text);
}

static void
field(const char *name, const char *type)
{
	char text[128];

	snprintf(text, sizeof(text), "%s:%s", name, type);
	word(text);
}

static void
sized(const char *name, char kind, unsigned long size)
{
	char type[32];

	snprintf(type, sizeof(type), "%c%lu", kind, size);
	field(name, type);
}

static void
senders(unsigned from)
{
	static const char *const names[] = {"keep",    "front",	 "filter", "tool",
					    "courier", "herald", "crier"};
	char text[64];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (from & 1u << i)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
						len > 0 ? "," : "", names[i]);
	word(text);
}

#define FIELD_F(type, name) field(#name, #type);
#define FIELD_S(name, size) sized(#name, 's', size - 1);
#define FIELD_B(name, max)  sized(#name, 'b', max);
#define ROW(name, number, from)                                                        \
	column = printf("%3d %-*s", number, INDENT - 5, #name);                        \
	senders(from);                                                                 \
	WIRE_##name(FIELD_F, FIELD_S, FIELD_B) printf("\n");

int
main(void)
{
	WIRE_MESSAGES(ROW)
	return 0;
}
