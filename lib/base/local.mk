noinst_LIBRARIES += lib/base/libbase.a
lib_base_libbase_a_SOURCES = %D%/clones.h \
	%D%/buf.c %D%/buf.h %D%/error.c %D%/error.h %D%/fs.c %D%/fs.h %D%/log.c %D%/log.h \
	%D%/pack.c %D%/pack.h %D%/text.c %D%/text.h %D%/uuid.c %D%/uuid.h
LIBBASE = lib/base/libbase.a
