/* codecs.c: the formats this library can read; the first of equals wins when content is sniffed. */
#include "codecs.h"

static const struct clr_codec *const codecs[] = {
    &clr_codec_szt_csv, &clr_codec_szt_json, &clr_codec_yz316, &clr_codec_xf158, &clr_codec_xf160, &clr_codec_moves, &clr_codec_trade_csv,
    &clr_codec_jsetc, &clr_codec_sdexit, &clr_codec_sdgantry, &clr_codec_lockdues,
};

const struct clr_codec_list clr_codecs = { codecs, sizeof codecs / sizeof *codecs };
