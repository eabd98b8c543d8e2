/* bitslice_portable.c: the bitsliced kernel over the machine's own 64-bit words. See bitslice.h. */
#include <stdint.h>

typedef uint64_t des_vec;

#include "tac/bitslice_kernel.h"

const struct clr_bitslice_kernel clr_bitslice_portable = DES_KERNEL;
