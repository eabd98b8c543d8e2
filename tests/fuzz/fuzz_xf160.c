/* fuzz_xf160.c: any bytes as a file of xf160. See fuzz_codec.h. */
#include "../../codecs/codecs.h"
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_codec(&clr_codec_xf160, data, size, NULL);
    return 0;
}
