/*
 * jsetc_world.h: messages of the Jiangsu ETC interface made from a seed, written, read again, and compared; for the tests of the jsetc codec.
 */
#ifndef CLR_TESTS_JSETC_WORLD_H
#define CLR_TESTS_JSETC_WORLD_H

#include "../codecs/codecs.h"
#include "../codecs/jsetc_write.h"

#define JSETC_ITEMS_MAX 512

/** A message as a list of events in file order. */
enum jsetc_item_kind { JSETC_ITEM_TRANSACTION, JSETC_ITEM_LIST, JSETC_ITEM_LINE, JSETC_ITEM_LIST_END };
struct jsetc_item {
    enum jsetc_item_kind kind;
    struct clr_jsetc_list list;
    struct clr_jsetc_line line;
    struct clr_jsetc_transaction transaction;
};

struct jsetc_whole {
    struct clr_jsetc_message message;
    struct jsetc_item *item;                /* JSETC_ITEMS_MAX; of the caller */
    size_t count;
    char text[1 << 16];                     /* texts of the items */
    size_t text_used;
};

uint64_t jsetc_random(uint64_t *state);

/** A message of this variant: every field somewhere in its range, texts with what must be escaped. */
void jsetc_make(struct jsetc_whole *out, enum clr_jsetc_variant variant, uint64_t *random);

/** Write it. @return the writer's first trouble */
enum clr_status jsetc_write(const struct jsetc_whole *whole, bool fen, char *data, size_t capacity, size_t *size);

/** Read a message into structs. Texts point into `bytes`, or into out->text. */
enum clr_status jsetc_read(struct clr_bytes bytes, bool fen, struct jsetc_whole *out, struct clr_jsetc_trouble *trouble);

/** @return what differs first, NULL when they are the same */
const char *jsetc_differ(const struct jsetc_whole *a, const struct jsetc_whole *b);

#endif
