noinst_LIBRARIES += lib/wire/libwire.a
lib_wire_libwire_a_SOURCES = %D%/codec.c %D%/messages.h %D%/peer.c %D%/wire.h
LIBWIRE = lib/wire/libwire.a
