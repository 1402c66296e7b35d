noinst_LIBRARIES += lib/sandbox/libsandbox.a
lib_sandbox_libsandbox_a_SOURCES = %D%/landlock.c %D%/parts.h %D%/sandbox.c \
	%D%/sandbox.h %D%/syscalls.c
LIBSANDBOX = lib/sandbox/libsandbox.a $(SECCOMP_LIBS)
