/*
 * charset.h: is a text in its declared encoding, and how to show bytes that may be anything.
 *
 * Promise   nothing is converted: a slice stays as it was read.
 * Threads   pure.
 */
#ifndef CLR_CODECS_CHARSET_H
#define CLR_CODECS_CHARSET_H

#include "codec.h"

/**
 * Check a text: no control characters (tab, LF and CR may stand inside quoted text), no NUL, and valid UTF-8, or GB18030 (of which GBK
 * is a part) when `gbk`.
 *
 * @return CLR_RULE_NONE | CLR_RULE_CHARSET | CLR_RULE_ENCODING
 */
enum clr_rule clr_text_check(struct clr_bytes text, bool gbk);

/** Bytes as printable ASCII into `to` (`size` > 0 with the ending NUL): everything else becomes '?', what does not fit is cut. @return `to`. */
char *clr_text_show(struct clr_bytes text, char *to, size_t size);

/** Append one code point to `to`; surrogates and what is above U+10FFFF are refused. @return bytes written (1 to 4), 0 when refused. */
unsigned clr_text_put(uint8_t to[4], uint32_t code_point);

#endif
