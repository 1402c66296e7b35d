noinst_LIBRARIES += lib/screen/libscreen.a
lib_screen_libscreen_a_SOURCES = \
	%D%/g4.c %D%/g4.h %D%/g4codes.c %D%/g4codes.h \
	%D%/cell.c %D%/cell.h %D%/dot.c %D%/dot.h %D%/row.c %D%/row.h %D%/screen.c %D%/screen.h
LIBSCREEN = lib/screen/libscreen.a $(LIBBASE) -lm
