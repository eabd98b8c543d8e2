/* test_card_pack.h: clr_card_pack() as it is on processors without SSE2, under another name. */
#ifndef CLR_TESTS_TEST_CARD_PACK_H
#define CLR_TESTS_TEST_CARD_PACK_H

#include "base/bytes.h"

bool pack_card_in_words(struct clr_bytes number, uint8_t block[16]);

#endif
