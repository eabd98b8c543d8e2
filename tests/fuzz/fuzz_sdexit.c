/* fuzz_sdexit.c: any bytes as a table of exit records. See fuzz_codec.h. */
#include "../../codecs/codecs.h"
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_codec(&clr_codec_sdexit, data, size, NULL);
    return 0;
}
