noinst_LIBRARIES += lib/seal/libseal.a
lib_seal_libseal_a_SOURCES = \
	%D%/box.c %D%/digest.c %D%/identify.c %D%/memory.c %D%/recovery.c %D%/seal.h %D%/site.c \
	%D%/site.h %D%/stream.c %D%/wrap.c
lib_seal_libseal_a_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(CRYPTO_CFLAGS)
LIBSEAL = lib/seal/libseal.a lib/base/libbase.a $(SODIUM_LIBS) $(CRYPTO_LIBS)
