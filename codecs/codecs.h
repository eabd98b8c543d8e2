/*
 * codecs.h: every codec of this library by name, for the list in codecs.c, for tests and for fuzz harnesses.
 *
 * Threads   constant.
 */
#ifndef CLR_CODECS_CODECS_H
#define CLR_CODECS_CODECS_H

#include "codec.h"

extern const struct clr_codec clr_codec_szt_csv;
extern const struct clr_codec clr_codec_szt_json;
extern const struct clr_codec clr_codec_yz316;
extern const struct clr_codec clr_codec_xf158;
extern const struct clr_codec clr_codec_xf160;
extern const struct clr_codec clr_codec_moves;
extern const struct clr_codec clr_codec_trade_csv;
extern const struct clr_codec clr_codec_jsetc;
extern const struct clr_codec clr_codec_sdexit;
extern const struct clr_codec clr_codec_sdgantry;
extern const struct clr_codec clr_codec_lockdues;

#endif
