/* fuzz_sdgantry.c: any bytes as a table of gantry passages. See fuzz_codec.h. */
#include "../../codecs/codecs.h"
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_codec(&clr_codec_sdgantry, data, size, NULL);
    return 0;
}
