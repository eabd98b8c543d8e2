/*
 * jsetc_raw.h: private to the jsetc codec: structs of a message to raw records.
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_JSETC_RAW_H
#define CLR_CODECS_JSETC_RAW_H

#include "jsetc_message.h"

/** What a record takes from the message and the list that it stands in. */
struct jsetc_raw_context {
    struct clr_jsetc_message message;
    struct clr_jsetc_list list;
    char sender[CLR_JSETC_ID_SIZE], receiver[CLR_JSETC_ID_SIZE], provider[CLR_JSETC_ID_SIZE];   /* normal forms, "" where there is none */
};

/** After `message` is filled. */
void jsetc_raw_begin(struct jsetc_raw_context *at);

void jsetc_raw_message(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, struct clr_raw *raw);
void jsetc_raw_list(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, struct clr_raw *raw);
void jsetc_raw_line(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, const struct clr_jsetc_line *line, struct clr_raw *raw);

/** @param whole  the message: slices that do not point there are left out */
void jsetc_raw_transaction(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, const struct clr_jsetc_transaction *transaction,
                           struct clr_bytes whole, struct clr_raw *raw);

/** Offset and size; a record above the limit is malformed, and ends at the limit. */
void jsetc_raw_place(struct clr_raw *raw, const struct clr_jsetc_texts *texts);

#endif
