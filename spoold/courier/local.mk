noinst_LIBRARIES += spoold/courier/libcourier.a
spoold_courier_libcourier_a_SOURCES = %D%/courier.c %D%/courier.h %D%/cupsd.c %D%/cupsd.h \
	%D%/fulfil.c %D%/fulfil.h %D%/heldjob.c %D%/heldjob.h %D%/joblist.c %D%/joblist.h \
	%D%/known.c %D%/known.h %D%/options.c %D%/options.h %D%/watch.c %D%/watch.h \
	%D%/wishes.c %D%/wishes.h
LIBCOURIER = spoold/courier/libcourier.a
