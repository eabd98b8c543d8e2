/*
 * jsetc_value.h: private to jsetc_message.c and jsetc_transaction.c: one field's text, one value.
 *
 * A getter writes nothing, and notes the rule, when the text cannot be read; a field that was not given, or is blank, is left out unless wanted.
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_JSETC_VALUE_H
#define CLR_CODECS_JSETC_VALUE_H

#include "jsetc_message.h"
#include "charset.h"
#include "times.h"
#include "values.h"

struct jsetc_get {
    const struct clr_jsetc_texts *texts;
    bool yuan;
    uint64_t wanted;                        /* fields that must be given */
    uint64_t *has;
    struct clr_jsetc_bad *bad;
    struct clr_reader *reader;              /* remembers dates */
};

/** Note that a field breaks a rule; the first stays. */
void jsetc_bad(const struct jsetc_get *get, unsigned field, enum clr_rule rule);

/** What is wrong with a field whatever it is: twice, too long, missing. @return its text, or an empty one when there is nothing to read */
struct clr_bytes jsetc_text(const struct jsetc_get *get, unsigned field);

void jsetc_get_number(const struct jsetc_get *get, unsigned field, uint64_t max, uint64_t *to);
void jsetc_get_u32(const struct jsetc_get *get, unsigned field, uint32_t *to);
void jsetc_get_small(const struct jsetc_get *get, unsigned field, uint8_t *to);

/** Hexadecimal number of `least` to `most` (16) digits. */
void jsetc_get_hex(const struct jsetc_get *get, unsigned field, unsigned least, unsigned most, uint64_t *to);

/** A participant: 1 to 16 hexadecimal digits, not zero. */
void jsetc_get_id(const struct jsetc_get *get, unsigned field, uint64_t *to);

void jsetc_get_fen(const struct jsetc_get *get, unsigned field, clr_fen *to, bool *negative);

/** 19 characters, with a T or a blank between day and time. `impossible` when no calendar has it. */
void jsetc_get_time(const struct jsetc_get *get, unsigned field, int64_t *to, bool *impossible);

/** yyyy-mm-dd or yyyymmdd; zeros are none. */
void jsetc_get_day(const struct jsetc_get *get, unsigned field, clr_day *to);

bool jsetc_hex(struct clr_bytes text, uint64_t *value);

#endif
