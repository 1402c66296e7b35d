/*
 * clones.h - one C function, compiled for what the machine turns out to have.
 *
 * CLONES before a function with plain loops: gcc vectorises it for AVX2 and for any
 * x86-64, and the loader takes what runs. Elsewhere, and under the address sanitizer
 * (whose start-up comes after the loader's choice), it is nothing.
 */
#ifndef CC_BASE_CLONES_H
#define CC_BASE_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                 \
	!defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define CLONES
#endif

#endif
