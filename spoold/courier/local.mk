noinst_LIBRARIES += spoold/courier/libcourier.a
spoold_courier_libcourier_a_SOURCES = %D%/courier.c %D%/courier.h
LIBCOURIER = spoold/courier/libcourier.a
