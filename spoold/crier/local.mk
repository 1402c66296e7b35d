# spoold/crier: the shop's program for orders that expire soon.
noinst_LIBRARIES += spoold/crier/libcrier.a
spoold_crier_libcrier_a_SOURCES = %D%/crier.c %D%/crier.h %D%/hook.c %D%/hook.h
LIBCRIER = spoold/crier/libcrier.a
