noinst_LIBRARIES += spoold/keep/libkeep.a
spoold_keep_libkeep_a_SOURCES = %D%/keep.c %D%/keep.h
LIBKEEP = spoold/keep/libkeep.a
