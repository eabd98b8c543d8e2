/*
 * fuzz_canary.c: a harness with a planted bug, to show that the fuzzing finds one: an exit with a transfer mark that is charged
 * 10 yuan or more is a crash. canary.sh demands that libFuzzer gets there from one file of the corpus, in which no such record is.
 */
#include "../../codecs/codecs.h"
#include "fuzz_codec.h"
#include "model/txn.h"

static void plant(const struct clr_raw *raw)
{
    if (raw->type == 2 && raw->reasons == 0 && (raw->flags & CLR_FLAG_TRANSFER) && raw->amount_fen >= 1000) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_codec(&clr_codec_szt_csv, data, size, plant);
    return 0;
}
