/*
 * doctor.c - spoolctl doctor: looks at everything that a shop needs, and says of each thing
 * that is wrong how to mend it. It changes nothing.
 */
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "lib/base/text.h"
#include "tools/jsontext.h"

#include "tools/store/doctor.h"

#define SENTENCE_MAX 512
#define YEAR_LEAST   2024 /* no clock that is right says less */
#define DISK_SPARE   2	  /* times the reserve: below it is a warning */
#define DISK_PERCENT 5

void
doctor_say(struct doctor *d, enum doctor_verdict verdict, const char *what,
	   const char *mend, const char *how, ...)
{
	static const char *const words[] = {"well", "warning", "fault"};
	char sentence[SENTENCE_MAX];
	json_t *row;
	va_list ap;

	va_start(ap, how);
	vsnprintf(sentence, sizeof(sentence), how, ap);
	va_end(ap);
	text_strip_controls(sentence);
	d->faults += verdict == DOCTOR_FAULT;
	d->warnings += verdict == DOCTOR_WARNING;
	if (d->findings != NULL) {
		row = json_object();
		json_object_set_new(row, "what", jsontext(what));
		json_object_set_new(row, "verdict", jsontext(words[verdict]));
		json_object_set_new(row, "how", jsontext(sentence));
		json_object_set_new(row, "mend", jsontext(mend != NULL ? mend : ""));
		json_array_append_new(d->findings, row);
		return;
	}
	printf("%-8s %s: %s\n", words[verdict], what, sentence);
	if (mend != NULL)
		printf("         %s\n", mend);
}

/* --- users and folders --- */

static void
look_at_user(struct doctor *d, const char *setting, const char *name)
{
	const struct passwd *pw = getpwnam(name);
	char what[96];

	snprintf(what, sizeof(what), "setting %s", setting);
	if (pw == NULL)
		doctor_say(d, DOCTOR_FAULT, what,
			   "make it (useradd --system), or name another in spoold.conf",
			   "there is no user '%s'", name);
	else if (pw->pw_uid == 0)
		doctor_say(d, DOCTOR_FAULT, what,
			   "name a user without rights in spoold.conf", "'%s' is root",
			   name);
	else
		doctor_say(d, DOCTOR_WELL, what, NULL, "'%s' is there", name);
}

static void
look_at_users(struct doctor *d)
{
	const struct settings *s = &d->shop->settings;

	look_at_user(d, "user", s->user);
	look_at_user(d, "front-user", s->front_user);
	look_at_user(d, "filter-user", s->filter_user);
	if (strcmp(s->user, s->front_user) == 0)
		doctor_say(d, DOCTOR_FAULT, "setting front-user",
			   "give front a user of its own in spoold.conf",
			   "front would be '%s', who owns the store", s->user);
}

static void
look_at_place(struct doctor *d, const char *path, mode_t mode, bool folder,
	      const char *mend)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		doctor_say(d, errno == ENOENT ? DOCTOR_WARNING : DOCTOR_FAULT, path,
			   "spoold makes it when it starts as root", "%s",
			   strerror(errno));
	else if (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
		doctor_say(d, DOCTOR_FAULT, path, "put it away and start spoold again",
			   "it is no %s", folder ? "folder" : "file");
	else if (st.st_uid != d->shop->user.uid || (st.st_mode & 07777) != mode)
		doctor_say(d, DOCTOR_FAULT, path, mend,
			   "it is user %u's with mode %04o, and must be user %u's with "
			   "mode %04o",
			   st.st_uid, st.st_mode & 07777, d->shop->user.uid, mode);
	else
		doctor_say(d, DOCTOR_WELL, path, NULL, "owner and mode are right");
}

static void
look_at_folders(struct doctor *d)
{
	static const char again[] = "start spoold again as root: it sets folders right";
	char secrets[SHOP_PATH_MAX + 64];

	look_at_place(d, d->shop->store, 0700, true, again);
	look_at_place(d, d->shop->keep, 0700, true, again);
	snprintf(secrets, sizeof(secrets),
		 "chown %s and chmod 600; then spoolctl site-secret new, if others may "
		 "have read it",
		 d->shop->settings.user);
	look_at_place(d, d->shop->secrets, 0600, false, secrets);
}

/* --- room --- */

static void
look_at_disk(struct doctor *d)
{
	const struct settings *s = &d->shop->settings;
	const uint64_t reserve = (uint64_t)s->disk_reserve_mb << 20;
	struct statvfs fs;
	uint64_t left;

	if (statvfs(s->state_directory, &fs) != 0) {
		doctor_say(d, DOCTOR_FAULT, "disk", "look at state-directory",
			   "'%s': %s", s->state_directory, strerror(errno));
		return;
	}
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (left < reserve)
		doctor_say(d, DOCTOR_FAULT, "disk",
			   "make room there; spoolctl compact gives back what ended "
			   "orders had",
			   "%llu MiB are left of the %u MiB that are kept free: no "
			   "order is taken in",
			   (unsigned long long)left >> 20, s->disk_reserve_mb);
	else if (left < DISK_SPARE * reserve ||
		 (uint64_t)fs.f_bavail * 100 < (uint64_t)fs.f_blocks * DISK_PERCENT)
		doctor_say(d, DOCTOR_WARNING, "disk", "make room there soon",
			   "%llu MiB are left", (unsigned long long)left >> 20);
	else
		doctor_say(d, DOCTOR_WELL, "disk", NULL, "%llu MiB are left",
			   (unsigned long long)left >> 20);
	if (fs.f_files != 0 && fs.f_favail == 0)
		doctor_say(d, DOCTOR_FAULT, "disk", "remove files there",
			   "no file can be made (no inodes are left)");
}

/* --- spoold, and its clock --- */

static void
look_at_clock(struct doctor *d, const char *keep_says)
{
	const time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || tm.tm_year + 1900 < YEAR_LEAST)
		doctor_say(d, DOCTOR_FAULT, "clock", "set it, or start an NTP client",
			   "this machine thinks that it is the year %d",
			   tm.tm_year + 1900);
	else if (keep_says[0] != '\0')
		doctor_say(d, DOCTOR_FAULT, "clock",
			   "set it right; if it is right, it is believed after "
			   "clock-doubt-h",
			   "%s", keep_says);
	else
		doctor_say(d, DOCTOR_WELL, "clock", NULL, "it is not in doubt");
}

static void
look_at_status(struct doctor *d, const struct wire_status_info *s)
{
	doctor_say(d, DOCTOR_WELL, "spoold", NULL, "it answers");
	if (s->cupsd)
		doctor_say(d, DOCTOR_WELL, "spoold and cupsd", NULL,
			   "they speak with each other");
	else
		doctor_say(d, DOCTOR_FAULT, "spoold and cupsd",
			   "look at cups-server in spoold.conf, and at the policy: "
			   "spoolctl setup",
			   "spoold cannot speak with cupsd: %s", s->cupsd_text);
	if (s->corrupt > 0)
		doctor_say(d, DOCTOR_FAULT, "orders",
			   "spoolctl -S corrupt orders, and show N, say which and why",
			   "%llu are damaged and set aside",
			   (unsigned long long)s->corrupt);
	look_at_clock(d, s->clock_text);
}

static void
look_at_spoold(struct doctor *d)
{
	struct wire_peer keep = {.fd = -1};
	union wire_any answer;
	struct error err;
	int rc = control_connect(d->c, &keep, &err);

	if (rc == 0)
		rc = wire_call(&keep, WIRE_TYPE_status, &(struct wire_status){},
			       WIRE_TYPE_status_info, &answer, &err);
	if (rc == 0) {
		look_at_status(d, &answer.status_info);
	} else {
		doctor_say(d, DOCTOR_FAULT, "spoold",
			   "start it (systemctl start claimcheck, or spoold); its log "
			   "says what keeps it",
			   "%s", err.text);
		look_at_clock(d, "");
	}
	wire_peer_close(&keep);
}

/* --- all of it --- */

static void
look_at_all(struct doctor *d)
{
	doctor_say(d, DOCTOR_WELL, "settings", NULL, "'%s' is in order", d->c->config);
	look_at_users(d);
	look_at_folders(d);
	look_at_disk(d);
	look_at_spoold(d);
	doctor_cupsd(d);
}

int
control_doctor(const struct control *c, int argc, char *argv[])
{
	static struct shop shop;
	struct doctor d = {.c = c, .shop = &shop};
	struct error err;

	(void)argv;
	if (argc != 0)
		return CONTROL_USAGE;
	if (c->json)
		d.findings = json_array();
	if (shop_open(&shop, c, &err) != 0)
		doctor_say(&d, DOCTOR_FAULT, "settings",
			   "mend that line; spoold.conf(5) has every setting; and ask "
			   "as root",
			   "%s", err.text);
	else
		look_at_all(&d);
	if (c->json)
		jsontext_print(d.findings, 2);
	else
		printf("%u faults, %u warnings\n", d.faults, d.warnings);
	return d.faults == 0 ? CONTROL_OK : CONTROL_FAULTS;
}
