/* bitslice_avx2.c: the bitsliced kernel over vectors of 256 bits; compiled with -mavx2, run where clr_tac_has() found it. See bitslice.h. */
#include <stdint.h>

#if !defined(__AVX2__)
#error "compile this file with -mavx2"
#endif

typedef uint64_t des_vec __attribute__((vector_size(32)));

#include "tac/bitslice_kernel.h"

const struct clr_bitslice_kernel clr_bitslice_avx2 = DES_KERNEL;
