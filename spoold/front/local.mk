noinst_LIBRARIES += spoold/front/libfront.a
spoold_front_libfront_a_SOURCES = %D%/front.c %D%/front.h
LIBFRONT = spoold/front/libfront.a
