#define CLR_CARD_PACK_WORDS
#include "base/card_pack.h"
#include "test_card_pack.h"

bool pack_card_in_words(struct clr_bytes number, uint8_t block[16]) { return clr_card_pack(number, block); }
