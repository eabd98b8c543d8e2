/* fuzz_lz77.c: any bytes as a packed message: refused, or unpacked to what its heads say; and any bytes packed and unpacked again. */
#include <stdlib.h>
#include <string.h>

#include "base/lz77.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t plain_size;
    const struct clr_bytes given = clr_bytes_of(data, size);

    if (clr_lz77_size(given, &plain_size) && plain_size <= (1u << 22)) {
        uint8_t *const plain = malloc((size_t)plain_size + 1);
        if (plain != NULL) (void)clr_lz77_unpack(given, plain);
        free(plain);
    }
    uint8_t *packed, *const back = malloc(size + 1);
    size_t packed_size;
    if (back == NULL || clr_lz77_pack(given, &packed, &packed_size) != CLR_OK) abort();
    const struct clr_bytes again = clr_bytes_of(packed, packed_size);
    if (!clr_lz77_size(again, &plain_size) || plain_size != size || !clr_lz77_unpack(again, back) || memcmp(back, data, size) != 0) abort();
    free(packed);
    free(back);
    return 0;
}
