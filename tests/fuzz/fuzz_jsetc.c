/* fuzz_jsetc.c: any bytes as a message of the Jiangsu ETC interface. See fuzz_codec.h. */
#include "../../codecs/codecs.h"
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_codec(&clr_codec_jsetc, data, size, NULL);
    return 0;
}
