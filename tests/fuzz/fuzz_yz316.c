/* fuzz_yz316.c: any bytes as a file of yz316. See fuzz_codec.h. */
#include "../../codecs/codecs.h"
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_codec(&clr_codec_yz316, data, size, NULL);
    return 0;
}
